// Asks the server at CONTEXT7_API_URL by Upstash's own client and prints what that makes of the answers.
import { Context7, Context7Error } from '@upstash/context7-sdk';

function client() {
  const made = new Context7({ apiKey: process.env.CONTEXT7_API_KEY });
  // The client has no option for another base; everything else of its way to the server stays its own.
  made.httpClient.baseUrl = process.env.CONTEXT7_API_URL;
  return made;
}

async function refusal(ask) {
  try {
    await ask();
    return null;
  } catch (error) {
    return error instanceof Context7Error ? error.message : String(error);
  }
}

const context7 = client();
const libraries = await context7.searchLibrary('How long do entries live?', 'cachetools');
const answer = {
  libraries,
  asText: await context7.searchLibrary('How long do entries live?', 'cachetools', { type: 'txt' }),
  nothing: await context7.searchLibrary('why?', 'nobody-wrote-this'),
  docs: await context7.getContext('time to live of a TTLCache', libraries[0].id),
  docsAsText: await context7.getContext('time to live of a TTLCache', libraries[0].id, { type: 'txt' }),
  unknown: await refusal(() => context7.getContext('why?', '/no/library')),
};
console.log(JSON.stringify(answer));

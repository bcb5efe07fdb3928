import { Component, type ReactNode } from 'react';
import { messageOf } from '../../api/api';

interface Props {
  children: ReactNode;
  /** When it changes, it is tried again. */
  attempt: unknown;
  fallback: (error: string) => ReactNode;
}

/** Keeps a fault of one panel in that panel. */
export class Boundary extends Component<Props, { error?: string }> {
  override state: { error?: string } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error: messageOf(error) };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.error !== undefined && before.attempt !== this.props.attempt) {
      this.setState({ error: undefined });
    }
  }

  override render() {
    return this.state.error === undefined ? this.props.children : this.props.fallback(this.state.error);
  }
}

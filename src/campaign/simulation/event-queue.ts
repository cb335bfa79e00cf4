import TinyQueue from 'tinyqueue';

interface Event {
  at: number;
  order: number;
  action: () => void;
}

/** Events on a virtual clock, in order of time; simultaneous events run in the order in which they were scheduled. */
export class EventQueue {
  private readonly queue = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);
  private scheduled = 0;

  schedule(at: number, action: () => void): void {
    this.scheduled += 1;
    this.queue.push({ at, order: this.scheduled, action });
  }

  /** The instant of the next event; Infinity when there is none. */
  get next(): number {
    return this.queue.peek()?.at ?? Infinity;
  }

  /** Runs all events up to an instant, including those that they schedule. */
  runUntil(instant: number): void {
    for (let event = this.queue.peek(); event && event.at <= instant; event = this.queue.peek()) {
      this.queue.pop();
      event.action();
    }
  }
}

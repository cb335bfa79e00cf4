import TinyQueue from 'tinyqueue';

interface Event {
  at: number;
  order: number;
  happen: () => void;
}

/** What is going to happen on a virtual clock, in order; of two things at the same instant, what was planned first. */
export class EventQueue {
  private readonly queue = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);
  private planned = 0;

  /** `at` in ms. */
  plan(at: number, happen: () => void): void {
    this.planned += 1;
    this.queue.push({ at, order: this.planned, happen });
  }

  /** The instant of the next event; Infinity when there is none. */
  get next(): number {
    return this.queue.peek()?.at ?? Infinity;
  }

  /** Lets everything happen that is planned up to an instant, what it leads to included. */
  passTo(instant: number): void {
    for (let event = this.queue.peek(); event && event.at <= instant; event = this.queue.peek()) {
      this.queue.pop();
      event.happen();
    }
  }
}

// News from the server, with our own patience: the browser gives up for good
// after an error answer, and we must not.
import { streamAddress } from "./api.js";
import { showConnection } from "./announce.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10000;

// handlers: one function per kind of news; "opened" is called on every connection,
// so that whatever was missed in between can be fetched.
export function listen(person, handlers, opened) {
  let source = null;
  let timer = null;
  let wait = FIRST_WAIT;

  function connect() {
    source = new EventSource(streamAddress(person));
    source.onopen = () => {
      wait = FIRST_WAIT;
      showConnection(true);
      opened();
    };
    source.onerror = () => {
      source.close();
      showConnection(false);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
    for (const [kind, handle] of Object.entries(handlers)) {
      source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
    }
  }

  connect();
  return function stop() {
    clearTimeout(timer);
    source.close();
  };
}

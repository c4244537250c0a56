// What a conversation and a thread share: a scrolling list of messages above a composer.
import { Composer } from "./composer.js";
import { acceptDrops } from "./file_drop.js";
import { make } from "./make.js";
import { MessageList } from "./message_list.js";
import { followNewest } from "./scrolling.js";

export function furnish(section, { listLabel, openThread = null, goTo, writing }) {
  const list = new MessageList(listLabel, { openThread, goTo });
  const above = make("div", { class: "above-messages" });
  const content = make("div", { class: "scroll-content" }, above, list.element);
  const scroller = make("div", { class: "scroller" }, content);
  const scrolling = followNewest(scroller, content);
  const composer = new Composer({
    ...writing,
    sent: (message) => {
      list.put(message);
      scrolling.toBottom();
    },
  });
  section.append(make("div", { class: "scroll-frame" }, scroller, scrolling.jump), composer.form);
  acceptDrops(section, (files) => composer.addFiles(files));

  // Brings a message into view; whether it is in the list.
  function reveal(id) {
    if (!list.has(id)) return false;
    scrolling.show(list.lightUp(id));
    return true;
  }

  return { list, above, scrolling, composer, reveal };
}

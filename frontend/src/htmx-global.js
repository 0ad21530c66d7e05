// The server-sent-events extension looks for a global `htmx`; imports run in order, so this one comes first.
import htmx from "htmx.org";

window.htmx = htmx;

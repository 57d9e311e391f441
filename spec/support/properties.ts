import fc from "fast-check";

// The error that a property ended with, told in the message itself: reports that are kept of a run have no causes.
fc.configureGlobal({ includeErrorInReport: true });

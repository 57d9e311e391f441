export { deleteInstance, type DeleteInstanceOptions } from "./delete-instance.js";

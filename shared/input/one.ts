/** One value as a stream, such as a text that is a whole body. */
export async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Numbers, of which the least is taken first. */
export class MinHeap {
  readonly #numbers: number[] = []; // a child is never less than its parent, which is at half its place

  push(number: number): void {
    const numbers = this.#numbers;
    let place = numbers.length;
    numbers.push(number);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (numbers[parent]! <= number) break;
      numbers[place] = numbers[parent]!;
      place = parent;
    }
    numbers[place] = number;
  }

  pop(): number | undefined {
    const numbers = this.#numbers;
    const least = numbers[0];
    const last = numbers.pop();
    if (last === undefined || numbers.length === 0) return least;
    let place = 0;
    for (let child = 1; child < numbers.length; child = 2 * place + 1) {
      if (child + 1 < numbers.length && numbers[child + 1]! < numbers[child]!) child++;
      if (last <= numbers[child]!) break;
      numbers[place] = numbers[child]!;
      place = child;
    }
    numbers[place] = last;
    return least;
  }
}

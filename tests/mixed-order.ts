import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The projects' files mixed, each project's spread over the run: shaders and models compute while others wait for a
 * browser or a kernel, and no two models run at once. Files that share a process come last, together, since it goes on
 * only to one that follows; most of them are short, so that at the end no worker waits long for another.
 */
export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files); // by projects, and in these the longest first
    const share = new Map(
      sorted.map((file) => {
        const ofProject = sorted.filter(({ project }) => project === file.project);
        return [file, file.project.config.isolate ? ofProject.indexOf(file) / ofProject.length : 1];
      }),
    );
    return sorted.sort((a, b) => share.get(a)! - share.get(b)!);
  }
}

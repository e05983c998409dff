// SVG and MathML (vectors 18 to 26).
import { cry, svg, type Vector } from './cry.ts';

export const drawingVectors: Vector[] = [
  [
    '18 svg handlers',
    `<svg onload="${cry}"><script>${cry}</script><image href="OUT/si" xlink:href="OUT/sx"/></svg>`,
  ],
  [
    '19 svg animation',
    `<svg><a id=x><animate attributeName=" href" to="javascript:alert(1)"/><set attributeName=xlink:href to="OUT/set"/></a><image><animate attributeName=href values="OUT/an;OUT/an2" dur=1s /></image></svg>`,
  ],
  [
    '21 svg use',
    `<svg><use href="${svg(`<image href='OUT/us'/><script>alert(1)</script>`)}#x"/></svg><img src="${svg(`<script>alert(1)</script><image href='OUT/inner'/>`)}">`,
  ],
  [
    '22 foreignObject, filters',
    `<svg><foreignObject><iframe src="OUT/fo"></iframe></foreignObject><filter id=f><feImage href="OUT/fe"/></filter><rect filter="url(#f)" width=10 height=10 /><rect fill="url(OUT/p#a)" mask="url(OUT/m#a)" cursor="url(OUT/cu),auto"/></svg>`,
  ],
  [
    '25 MathML',
    `<math href="javascript:alert(1)"><maction actiontype="statusline#OUT/ma" xlink:href="OUT/ml">x</maction></math>`,
  ],
  [
    '20 lists of values',
    `<svg><a><animate attributeName="href" from="javascript:alert(1)" to="OUT/t" by="javascript:alert(2)" values="javascript:alert(3);OUT/v" begin=0s dur=.1s fill=freeze /><text y=10>x</text></a><image><set attributeName="HREF" to="OUT/s2" begin=0s /></image><animate href="#x" attributeName="style" values="background:url(OUT/st)"/></svg>`,
  ],
  [
    '21 types with blanks',
    `<svg><use href="data:image/svg+xml\n;base64,PHN2Zy8+#x"/></svg><img src="data: image/svg+xml,<svg/onload=alert(1)>"><img src="data:image\t/svg+xml,<svg/>"><object data="data:image/svg+xml;a=b,<svg xmlns='http://www.w3.org/2000/svg'><image href='OUT/o'/></svg>"></object>`,
  ],
  [
    '23 filters and patterns',
    `<svg width=20 height=20><pattern id=p width=9 height=9><image href="OUT/pa" width=9 height=9 /></pattern><rect width=9 height=9 fill="url(#p)"/><filter id=g><feImage xlink:href="OUT/fi"/></filter><rect width=9 height=9 style="filter:url(OUT/fs#a);fill:url(OUT/ff)"/><mask id=k><image href="OUT/mk"/></mask></svg><p style="filter:url(OUT/pf#x);clip-path:url(OUT/cp#x);mask-image:url(OUT/mi)">x</p>`,
  ],
  [
    '24 paint unclosed',
    `<svg><rect fill="url(OUT/u1" mask="url( 'OUT/u2" style="cursor:url(OUT/u3" clip-path="url(OUT/u4#x)" marker-start="url(OUT/u5#x)"/></svg>`,
  ],
  [
    '26 namespaces',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x='"><img src=OUT/ns onerror=alert(1)>' x:href="javascript:alert(1)"><x:script>alert(1)</x:script><script xmlns="http://www.w3.org/1999/xhtml">${cry}</script></svg><html xmlns:ns='"><img src=OUT/n2>'>`,
  ],
];

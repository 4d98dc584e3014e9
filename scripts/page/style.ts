/** The page's style sheet, in light and dark by the reader's setting. */
export const STYLE = `
:root{--back:#f3f5f7;--panel:#fff;--ink:#2b3440;--soft:#5c6875;--faint:#d5dae0;--land:#dde2e7;--accent:#2f6fb0}
@media (prefers-color-scheme:dark){:root{--back:#12161b;--panel:#1b2128;--ink:#d9dfe6;--soft:#98a4b1;--faint:#38424d;--land:#333d48;--accent:#6fb0ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
header,main{max-width:1280px;margin:0 auto;padding:0 24px}main{padding-bottom:28px}
section>.none{margin:14px 0 0}h1{font-size:24px;margin:20px 0 4px}h2{font-size:19px;margin:34px 0 2px}h3{font-size:13px;margin:0 0 8px;font-weight:600}h4{font-size:12px;margin:0 0 4px;color:var(--soft)}
p{margin:0 0 8px}.purpose,header p,.search,.more,.none{color:var(--soft)}.more{font-size:12px;margin:6px 0 0}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:10px 0}a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
.row{display:flex;gap:12px;margin-top:12px}.panel{background:var(--panel);border:1px solid var(--faint);border-radius:6px;padding:10px 12px;flex:1 1 0;min-width:0;overflow:hidden}
.panel svg{display:block;width:100%;height:auto}.big{font-size:30px;font-weight:600;text-align:center;margin:6px 0 10px}.number h3{text-align:center;min-height:2.6em}
table{border-collapse:collapse;width:100%;font-size:12px;table-layout:auto}th{text-align:left;color:var(--soft);font-weight:600;border-bottom:1px solid var(--faint)}
th,td{padding:3px 8px 3px 0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}td{border-bottom:1px solid var(--faint)}tr:last-child td{border-bottom:0}
.table table,.list table{table-layout:fixed}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:4px 0 0;padding:0;font-size:12px}.legend li::before{content:"";display:inline-block;width:10px;height:10px;border-radius:2px;background:var(--c);margin-right:5px}
.legend li{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-width:100%}.pie{display:flex;gap:16px;align-items:center}.pie svg{width:150px;flex:none}.pie .legend{flex-direction:column;flex-wrap:nowrap;margin:0;min-width:0}
.bars{list-style:none;margin:0;padding:0;font-size:12px}.bars li{display:flex;align-items:center;gap:8px;padding:2px 0}.bars span{flex:0 0 42%;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.bars i{flex:1 1 auto;min-width:20px}.bars b{display:block;height:12px;min-width:2px;border-radius:2px;background:var(--c)}.bars em{flex:0 0 62px;font-style:normal;font-variant-numeric:tabular-nums}
.n{text-align:right;font-variant-numeric:tabular-nums;padding-left:8px}
.story{list-style:none;padding:0;margin:0;counter-reset:s}.story>li{margin-top:12px;counter-increment:s}.story h3{font-size:15px}.story h3::before{content:counter(s) ". "}
dl{display:flex;flex-wrap:wrap;gap:6px 28px;margin:0}dt{color:var(--soft);font-size:12px}dd{margin:0}.two{display:flex;gap:28px}.two>div{flex:1;min-width:0}
code{font:12px ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
@media (max-width:900px){.row,.two{flex-wrap:wrap}.panel{flex-basis:100%}}
`;

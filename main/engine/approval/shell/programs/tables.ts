/**
 * The programs that may run without a question, with every option that only reads. An option that is not listed asks.
 * Source: the manuals of GNU coreutils 9.1, diffutils 3.8, grep 3.8, util-linux 2.38, file 5.44, ripgrep 14, tree 2.1.
 */
import type { ProgramEntry } from './table-program.ts';

/** Less common programs. Where no wall holds a mistake in their tables, they ask. */
export const NEEDS_WALL: ReadonlySet<string> = new Set('comm column tac rev fold paste egrep fgrep readlink sha1sum sha512sum'.split(' '));

const GREP: ProgramEntry = {
  options: `E,extended-regexp F,fixed-strings G,basic-regexp P,perl-regexp e,regexp=text f,file=read i,ignore-case ,no-ignore-case
    v,invert-match w,word-regexp x,line-regexp z,null-data s,no-messages m,max-count=text b,byte-offset n,line-number ,line-buffered
    H,with-filename h,no-filename ,label=text o,only-matching q,quiet ,silent ,binary-files=text a,text I d,directories=text
    D,devices=text r,recursive R,dereference-recursive ,include=text ,exclude=text ,exclude-from=read ,exclude-dir=text
    L,files-without-match l,files-with-matches c,count T,initial-tab Z,null A,after-context=text B,before-context=text
    C,context=text ,color?=text ,colour?=text U,binary`,
  operands: 'pattern',
  digits: 'C',
  recursive: ['r', 'recursive', 'R', 'dereference-recursive'],
  patternOptions: ['e', 'regexp', 'f', 'file'],
};
const SUMS: ProgramEntry = { options: 'b,binary t,text z,zero ,tag', operands: 'read' };

export const TABLES: Readonly<Record<string, ProgramEntry>> = {
  cat: {
    options: 'A,show-all b,number-nonblank e E,show-ends n,number s,squeeze-blank t T,show-tabs u v,show-nonprinting',
    operands: 'read',
  },
  head: { options: 'c,bytes=text n,lines=text q,quiet ,silent v,verbose z,zero-terminated', operands: 'read', digits: 'n' },
  tail: {
    options: 'c,bytes=text f,follow n,lines=text q,quiet ,silent v,verbose z,zero-terminated s,sleep-interval=text',
    operands: 'read',
    digits: 'n',
  },
  wc: { options: 'c,bytes m,chars l,lines w,words L,max-line-length ,total=text', operands: 'read' },
  nl: {
    options: `b,body-numbering=text d,section-delimiter=text f,footer-numbering=text h,header-numbering=text i,line-increment=text
      l,join-blank-lines=text n,number-format=text p,no-renumber s,number-separator=text v,starting-line-number=text
      w,number-width=text`,
    operands: 'read',
  },
  cut: {
    options:
      'b,bytes=text c,characters=text d,delimiter=text f,fields=text n ,complement s,only-delimited ,output-delimiter=text z,zero-terminated',
    operands: 'read',
  },
  sort: {
    options: `b,ignore-leading-blanks d,dictionary-order f,ignore-case g,general-numeric-sort i,ignore-nonprinting M,month-sort
      h,human-numeric-sort n,numeric-sort R,random-sort r,reverse V,version-sort c C ,check?=text k,key=text m,merge s,stable
      t,field-separator=text u,unique z,zero-terminated ,sort=text ,parallel=text ,debug`,
    operands: 'read',
  },
  uniq: {
    options: `c,count d,repeated D ,all-repeated?=text f,skip-fields=text ,group?=text i,ignore-case s,skip-chars=text u,unique
      z,zero-terminated w,check-chars=text`,
    operands: 'read',
    maxOperands: 1,
  },
  tr: { options: 'c,complement C d,delete s,squeeze-repeats t,truncate-set1', operands: 'text' },
  comm: { options: '1 2 3 ,check-order ,nocheck-order ,output-delimiter=text ,total z,zero-terminated', operands: 'read' },
  cmp: { options: 'b,print-bytes i,ignore-initial=text l,verbose n,bytes=text s,quiet ,silent', operands: 'read' },
  diff: {
    options: `q,brief s,report-identical-files c C=text ,context?=text u U=text ,unified?=text e,ed n,rcs y,side-by-side W,width=text
      ,left-column ,suppress-common-lines p,show-c-function F,show-function-line=text ,label=text t,expand-tabs T,initial-tab
      ,tabsize=text ,suppress-blank-empty l,paginate r,recursive ,no-dereference N,new-file ,unidirectional-new-file
      ,ignore-file-name-case ,no-ignore-file-name-case x,exclude=text i,ignore-case E,ignore-tab-expansion Z,ignore-trailing-space
      b,ignore-space-change w,ignore-all-space B,ignore-blank-lines I,ignore-matching-lines=text a,text ,strip-trailing-cr d,minimal
      ,horizon-lines=text ,speed-large-files ,color?=text`,
    operands: 'read',
    recursive: 'always',
  },
  column: { options: 't s=text c=text x', operands: 'read' },
  od: {
    options: 'A,address-radix=text j,skip-bytes=text N,read-bytes=text t,format=text v,output-duplicates a b c d f i l o s x ,endian=text',
    operands: 'read',
  },
  md5sum: SUMS,
  sha1sum: SUMS,
  sha256sum: SUMS,
  sha512sum: SUMS,
  tac: { options: 'b,before r,regex s,separator=text', operands: 'read' },
  rev: { options: '', operands: 'read', hasNoEnd: true },
  fold: { options: 'b,bytes s,spaces w,width=text', operands: 'read', digits: 'w' },
  paste: { options: 'd,delimiters=text s,serial z,zero-terminated', operands: 'read' },
  file: {
    options: 'b,brief i,mime ,mime-type ,mime-encoding h,no-dereference L,dereference k,keep-going N,no-pad 0,print0',
    operands: 'read',
  },
  grep: GREP,
  egrep: GREP,
  fgrep: GREP,
  rg: {
    options: `e,regexp=text f,file=read A,after-context=text B,before-context=text C,context=text c,count ,count-matches ,color=text
      ,column ,no-column E,encoding=text F,fixed-strings g,glob=text ,iglob=text H,with-filename I,no-filename ,heading ,no-heading
      .,hidden i,ignore-case v,invert-match l,files-with-matches ,files-without-match n,line-number N,no-line-number x,line-regexp
      M,max-columns=text m,max-count=text ,max-depth=text U,multiline ,multiline-dotall ,no-ignore ,no-ignore-vcs ,no-messages
      o,only-matching P,pcre2 p,pretty q,quiet r,replace=text s,case-sensitive S,smart-case ,sort=text ,sortr=text ,stats a,text
      t,type=text T,type-not=text ,trim w,word-regexp j,threads=text ,json ,vimgrep 0,null u,unrestricted ,passthru
      ,max-filesize=text`,
    operands: 'pattern',
    recursive: 'always',
    patternOptions: ['e', 'regexp', 'f', 'file'],
    isExact: true,
    added: ['--no-config'],
  },
  ls: {
    options: `a,all A,almost-all ,author b,escape ,block-size=text B,ignore-backups c C ,color?=text d,directory f F ,classify?=text
      ,file-type ,format=text ,full-time g G,no-group ,group-directories-first h,human-readable ,si ,hide=text ,hyperlink?=text
      ,indicator-style=text i,inode I,ignore=text k,kibibytes l m n,numeric-uid-gid N,literal o p q,hide-control-chars
      ,show-control-chars Q,quote-name ,quoting-style=text r,reverse R,recursive s,size S ,sort=text ,time=text ,time-style=text t
      T,tabsize=text u U v w,width=text x X 1 ,zero`,
    operands: 'list',
  },
  stat: { options: 'c,format=text ,printf=text t,terse', operands: 'list' },
  du: {
    options: `a,all b,bytes c,total d,max-depth=text h,human-readable k m s,summarize x,one-file-system S,separate-dirs ,apparent-size
      B,block-size=text ,si t,threshold=text ,time?=text ,exclude=text 0,null ,inodes l,count-links`,
    operands: 'list',
  },
  tree: {
    options: 'a d f i L=text P=text I=text s h p u g D F C n t r v U J X ,noreport ,dirsfirst ,prune ,gitignore ,du ,matchdirs',
    operands: 'list',
    hasNoEnd: true,
    isExact: true,
  },
  realpath: {
    options:
      'e,canonicalize-existing m,canonicalize-missing L,logical P,physical q,quiet s,strip ,no-symlinks z,zero ,relative-to=list ,relative-base=list',
    operands: 'list',
  },
  readlink: {
    options: 'f,canonicalize e,canonicalize-existing m,canonicalize-missing n,no-newline q,quiet s,silent v,verbose z,zero',
    operands: 'list',
  },
  basename: { options: 'a,multiple s,suffix=text z,zero', operands: 'text' },
  dirname: { options: 'z,zero', operands: 'text' },
  seq: { options: 'f,format=text s,separator=text w,equal-width', operands: 'text' },
  which: { options: 'a', operands: 'text', hasNoEnd: true },
  whoami: { options: '', operands: 'none' },
  id: { options: 'u,user g,group G,groups n,name r,real z,zero', operands: 'text' },
  uname: {
    options:
      'a,all s,kernel-name n,nodename r,kernel-release v,kernel-version m,machine p,processor i,hardware-platform o,operating-system',
    operands: 'none',
  },
  arch: { options: '', operands: 'none' },
  nproc: { options: ',all ,ignore=text', operands: 'none' },
  uptime: { options: 'p,pretty s,since', operands: 'none' },
  pwd: { options: 'L P', operands: 'none', isBuiltin: true },
  true: { options: '', operands: 'text', isBuiltin: true, hasNoEnd: true },
  false: { options: '', operands: 'text', isBuiltin: true, hasNoEnd: true },
};

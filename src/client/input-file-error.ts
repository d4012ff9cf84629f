/** The name under which callers outside know the fault of an input file. */
export { FileFault as InputFileError } from './file-fault.ts';
export type { FileFaultCode as InputFileErrorCode } from './file-fault.ts';

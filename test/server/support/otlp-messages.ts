import protobuf from 'protobufjs';

/** The answers of an OTLP receiver, as the protocol's own files describe them: the oracle for ours. */
const root = protobuf.Root.fromJSON({
  nested: {
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
    PartialSuccess: {
      fields: { rejected: { type: 'int64', id: 1 }, errorMessage: { type: 'string', id: 2 } },
    },
    ExportResponse: { fields: { partialSuccess: { type: 'PartialSuccess', id: 1 } } },
  },
});

export interface Status {
  readonly code: number;
  readonly message: string;
}

export interface ExportResponse {
  readonly partialSuccess?: { readonly rejected: number; readonly errorMessage: string };
}

function decode(type: string, bytes: Uint8Array): unknown {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number });
}

export const decodeStatus = (bytes: Uint8Array) => decode('Status', bytes) as Status;
export const decodeExportResponse = (bytes: Uint8Array) => decode('ExportResponse', bytes) as ExportResponse;

using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>Where a record is kept: read, and replaced if nobody else has meanwhile. Both are steps of one object, and so in one order for everybody.</summary>
internal interface IRecordStore<in TRecord>
{
    Payload Pack(TRecord record);

    Payload Read();

    ValueTask<Payload> ReadAsync(CancellationToken cancellation);

    /// <returns>False when the record is another one than the known one.</returns>
    bool TryReplace(Payload known, Payload next);

    ValueTask<bool> TryReplaceAsync(Payload known, Payload next);
}

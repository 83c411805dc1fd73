using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Caches;

/// <summary>A value that is being made: by whom, under which claim, and who waits for it.</summary>
internal sealed class CacheMaking(long claim, int process)
{
    /// <summary>The number of the claim; a new one for each who is to make it.</summary>
    public long Claim { get; set; } = claim;

    public int Process { get; set; } = process;

    public WaitQueue<bool> Waiters { get; } = new();

    public void Save(WireWriter writer)
    {
        writer.VarInt(Claim);
        writer.VarUInt((uint)Process);
        writer.Waiters(Waiters, static (_, _) => { });
    }

    public static CacheMaking Restore(ref WireReader reader)
    {
        var making = new CacheMaking(reader.VarInt(), reader.Natural());
        reader.Waiters(making.Waiters, static (ref WireReader _) => true);
        return making;
    }
}

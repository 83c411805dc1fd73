using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects;

/// <summary>
/// What a node granted to calls of other processes that do not acknowledge it, so that it can be taken back from a caller that had given up. There is one entry
/// for each call that a process has open: a later call in the same place of its <see cref="Peers.CallTable"/> shows that the earlier one is over.
/// </summary>
internal sealed class LateGrants
{
    private Dictionary<(int Process, int Place), (long Call, long Number, int Count)>? _granted;

    public void Note(Caller caller, long number = 0, int count = 1)
    {
        if (!caller.IsLocal && caller.WantsReply)
        {
            (_granted ??= [])[Place(caller)] = (caller.Call, number, count);
        }
    }

    /// <summary>Removes the grant of a call; false when it had none.</summary>
    public bool TryTakeBack(Caller caller, out long number) => TryTakeBack(caller, out number, out _);

    /// <summary>Removes the grants of a call that was granted several.</summary>
    public bool TryTakeBack(Caller caller, out long number, out int count)
    {
        (number, count) = (0, 0);
        if (_granted is null || !_granted.TryGetValue(Place(caller), out var granted) || granted.Call != caller.Call)
        {
            return false;
        }

        (number, count) = (granted.Number, granted.Count);
        return _granted.Remove(Place(caller));
    }

    /// <summary>Forgets a process that is gone: what it held is given back in another way.</summary>
    public void Forget(int process)
    {
        if (_granted is not null)
        {
            foreach (var place in _granted.Keys)
            {
                if (place.Process == process)
                {
                    _granted.Remove(place);
                }
            }
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)(_granted?.Count ?? 0));
        foreach (var ((process, _), (call, number, count)) in _granted ?? [])
        {
            writer.Caller(new Caller(process, call));
            writer.VarInt(number);
            writer.VarUInt((uint)count);
        }
    }

    public void Restore(ref WireReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            Note(reader.Caller(), reader.VarInt(), reader.Natural());
        }
    }

    private static (int Process, int Place) Place(Caller caller) => (caller.Process, Peers.CallTable.IndexOf(caller.Call));
}

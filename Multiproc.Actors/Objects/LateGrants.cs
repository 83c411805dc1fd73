using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc.Objects;

/// <summary>
/// What a node granted to calls of other processes that do not confirm it, so that it can be taken back when a caller had given up. One entry for each call
/// that a process has open at once: a later call in the same place of its <see cref="Peers.CallTable"/> shows that the earlier one is over.
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

    /// <summary>Whether this call was granted; it is not any more.</summary>
    public bool TryTakeBack(Caller caller, out long number) => TryTakeBack(caller, out number, out _);

    /// <summary>The same for a call that was granted several.</summary>
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

    /// <summary>The process is gone: what it held comes back in another way.</summary>
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

    private static (int Process, int Place) Place(Caller caller) => (caller.Process, Peers.CallTable.IndexOf(caller.Call));
}

using Multiproc.Nodes;

namespace Multiproc.Managers;

/// <summary>
/// Event handlers of this process that were added to events of a remote object. Each is an object of this node until it is removed through the same proxy, or
/// the proxy is disposed.
/// </summary>
internal sealed class Subscriptions
{
    private readonly Lock _gate = new();
    private readonly List<(string AddKey, Delegate Handler, Callback Callback, long Id)> _all = [];

    public void Add(RemoteObject remote, string addKey, Delegate handler)
    {
        var callback = Callbacks.Make(handler, null, out long id);
        try
        {
            remote.Call(addKey, [callback]);
        }
        catch
        {
            Node.Current.Remove(id);
            throw;
        }

        lock (_gate)
        {
            _all.Add((addKey, handler, callback, id));
        }
    }

    /// <summary>Removes a handler: the last one if it was added twice. A handler that was never added is ignored, as for every event.</summary>
    public void Remove(RemoteObject remote, string removeKey, Delegate handler)
    {
        Callback callback;
        long id;
        lock (_gate)
        {
            int at = _all.FindLastIndex(each => EventAccessors.Opposite(each.AddKey) == removeKey && each.Handler.Equals(handler));
            if (at < 0)
            {
                return;
            }

            (_, _, callback, id) = _all[at];
            _all.RemoveAt(at);
        }

        try
        {
            remote.Call(removeKey, [callback]);
        }
        finally
        {
            Node.Current.Remove(id);
        }
    }

    /// <summary>Removes all handlers, without waiting.</summary>
    public void Clear(RemoteObject remote)
    {
        lock (_gate)
        {
            foreach (var (addKey, _, callback, id) in _all)
            {
                remote.TryTell(EventAccessors.Opposite(addKey), [callback]);
                Node.Current.Remove(id);
            }

            _all.Clear();
        }
    }
}

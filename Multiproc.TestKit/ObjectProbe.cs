using Multiproc.Nodes;
using Multiproc.Objects.Inspection;

namespace Multiproc.TestKit;

/// <summary>Looks into an object of a <see cref="TestNode"/>: who holds it, who waits. Tests wait by it for a state, not for a time.</summary>
public sealed class ObjectProbe
{
    private readonly Node _node;
    private readonly long _id;
    private readonly string _identity;

    internal ObjectProbe(Node node, SharedObject facade)
    {
        _node = node;
        _id = facade.Handle.Id;
        _identity = facade.Identity;
        Exists = facade.Handle.NodeId == node.Id && node.Objects.Find(_id) is not null;
    }

    /// <summary>Whether the object is one of the node's: numbers of objects are unique in a node only.</summary>
    internal bool Exists { get; }

    /// <summary>Takes a snapshot of the object.</summary>
    /// <returns>Its holders, waiters and counts.</returns>
    /// <exception cref="ObjectDisposedException">The object has ended.</exception>
    public ObjectReport Look() =>
        NodeInspector.Report(_node).FirstOrDefault(each => each.Id == _id) ?? throw new ObjectDisposedException(_identity);

    /// <summary>Waits until a number of callers wait for the object.</summary>
    /// <param name="count">The number.</param>
    /// <param name="bound">The longest wait; null (the default) for 30 s.</param>
    /// <exception cref="TimeoutException">It was another number all the time; the message has the last snapshot.</exception>
    public void ExpectWaiters(int count, TimeSpan? bound = null) => Expect($"{count} wait for it", report => report.Waiters.Count == count, bound);

    /// <summary>Waits until nobody holds the object, and no items of it are unacknowledged.</summary>
    /// <param name="bound">The longest wait; null (the default) for 30 s.</param>
    /// <exception cref="TimeoutException">Somebody held it all the time; the message has the last snapshot.</exception>
    public void ExpectFree(TimeSpan? bound = null) => Expect("nobody holds it", static report => report.Holders.Count == 0, bound);

    /// <summary>Waits until the object is in a state.</summary>
    /// <param name="what">What is expected, for the error message.</param>
    /// <param name="condition">The condition on a snapshot.</param>
    /// <param name="bound">The longest wait; null (the default) for 30 s.</param>
    /// <exception cref="TimeoutException">It did not hold in time; the message has the last snapshot.</exception>
    /// <exception cref="ObjectDisposedException">The object has ended.</exception>
    public void Expect(string what, Func<ObjectReport, bool> condition, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ObjectReport? last = null;
        try
        {
            Await.Until(what, () => condition(last = Look()), bound);
        }
        catch (TimeoutException passed)
        {
            throw new TimeoutException($"{_identity}: {passed.Message} The last snapshot: {last}", passed);
        }
    }
}

using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.Objects.Inspection;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The first object of a manager's node: creates the other objects, and removes those that are no longer reachable.</summary>
internal sealed class ManagerActor(Node node, ServingThread serving, TimeSpan lease, ObjectMaker maker) : HostedActor(node)
{
    private readonly ReferenceState _references = new(lease);
    private readonly NamedLocks _named = new(node);

    private static readonly ObjectType s_kind = ObjectType.OfActor(0, "manager", static (ref WireReader reader) => ManagerCommand.ReadFrom(ref reader));

    /// <summary>Makes a node the node of a manager.</summary>
    /// <returns>The number of the actor: that of the node's first object, unless the node had objects before.</returns>
    public static long Start(Node node, ServingThread serving, TimeSpan lease, ObjectMaker maker) =>
        node.Add(s_kind, node.Actors.Host(() => new ManagerActor(node, serving, lease, maker)));

    protected override StateSnapshot View() => StateSnapshot.Nothing;

    protected override void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case ManagerCommand.Create create:
                effects.Reply(caller, Told(() => Create(caller, create)));
                break;
            case ManagerCommand.NamedLock named:
                effects.Reply(caller, Told(() => Reply.Of(new Payload(_named.HandleOf(named.Name)))));
                break;
            case ManagerCommand.Shutdown:
                serving.Stop();
                break;
            case ManagerCommand.Construct construct:
                maker.Begin(caller, construct);
                break;
            case ManagerNotice.Adopt { Reply: { } reply } adopt:
                reply(Told(() => Adopt(adopt, now)));
                break;
            case ManagerNotice.Adopt adopt:
                effects.Reply(adopt.To, Told(() => Adopt(adopt, now)));
                break;
            case ManagerNotice.Finish finish:
                effects.Reply(finish.To, finish.Reply);
                break;
            case ManagerCommand.Locate:
                effects.Reply(caller, Told(() => Reply.Of(new Payload(Encode((node.Address with { Endpoint = node.PublicEndpoint }).WriteTo)))));
                break;
            case ManagerCommand.Describe:
                Describe(caller);
                break;
            case ManagerCommand.Count:
                effects.Reply(caller, Reply.Of(_references.Count));
                break;
            case ReferenceCommand.Hold hold:
                _references.Hold(caller.Process, hold.Id);
                break;
            case ReferenceCommand.Release release:
                _references.Release(caller.Process, release.Id, now);
                break;
            case ManagerNotice.Surveyed surveyed:
                Survey(_references.Surveyed(surveyed.Inside));
                break;
            case LifecycleEvent.ProcessGone gone:
                _references.ProcessGone(gone.Process, now);
                break;
            case LifecycleEvent.DeadlinePassed when !_references.IsSurveying && _references.NextSweep <= now:
                Sweep(now);
                break;
        }

        if (!_references.IsSurveying)
        {
            effects.Arm(_references.NextSweep);
        }
    }

    /// <summary>
    /// A shortage of memory or descriptors, or a denied folder for the socket, fails one call only. The manager keeps running, and the caller
    /// receives the reason.
    /// </summary>
    private static Reply Told(Func<Reply> action)
    {
        try
        {
            return action();
        }
        catch (Exception refused) when (refused is MultiprocException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException
            or OutOfMemoryException)
        {
            return Reply.Refused(refused.Message);
        }
    }

    private Reply Create(Caller caller, ManagerCommand.Create create)
    {
        if (ObjectType.Find(create.Kind) is not { } kind)
        {
            return Reply.Refused($"object type {create.Kind} is not known to this manager.");
        }

        long id = node.Create(kind, create.Options, out var cell);
        try
        {
            using var writer = new WireWriter();
            new ObjectHandle(node, id, cell, isCounted: true).WriteTo(writer);
            _references.Add(id, caller.Process);
            return Reply.Of(new Payload(writer.ToArray()));
        }
        catch
        {
            node.Collect(id);
            throw;
        }
    }

    private Reply Adopt(ManagerNotice.Adopt adopt, Instant now)
    {
        long id = UserObjectActor.Start(node, adopt.TypeId, adopt.Runner);
        adopt.Runner.Id = id;
        Reply reply;
        try
        {
            reply = CallReplies.Object(adopt.TypeId, new ObjectHandle(node, id, null, isCounted: true));
        }
        catch
        {
            node.Collect(id);
            throw;
        }

        _references.Add(id, adopt.To.Process);
        if (!node.Knows(adopt.To.Process))
        {
            // The caller died while its object was made.
            _references.Release(adopt.To.Process, id, now);
        }

        return reply;
    }

    private static byte[] Encode(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        return writer.ToArray();
    }

    /// <summary>Takes snapshots of the objects one after another, on a thread that may wait for them.</summary>
    private void Describe(Caller caller)
    {
        var holders = _references.Snapshot.OrderBy(static entry => entry.Id).ToList();
        _ = Task.Run(() =>
        {
            Reply reply;
            try
            {
                reply = Describe(holders);
            }
            catch (TimeoutException late)
            {
                reply = Reply.Refused($"an object of the manager does not reply: {late.Message}");
            }

            node.DeliverLocal(default, ReferenceCommand.Keeper, new ManagerNotice.Finish(caller, reply));
        });
    }

    private Reply Describe(List<(long Id, int Holders)> all)
    {
        var snapshots = NodeInspector.TakeSnapshots(node).ToDictionary(static each => each.Id, static each => each.Snapshot.View.Counts);
        using var writer = new WireWriter();
        foreach (var (id, holders) in all)
        {
            writer.VarUInt((ulong)id);
            writer.String(node.Objects.KindOf(id) ?? "");
            writer.VarUInt((uint)holders);
            var counts = snapshots.GetValueOrDefault(id, StateSnapshot.Nothing.Counts);
            writer.String(string.Join(", ", counts.Select(static count => $"{count.Key} {count.Value}")));
        }

        return Reply.Of(new Payload(writer.ToArray()));
    }

    private void Sweep(Instant now)
    {
        Survey(_references.BeginSweep(now));
    }

    private void Survey(IReadOnlyList<long> objects)
    {
        // Objects without references inside are done at once; the others report when their actors process the survey.
        var next = new Queue<long>(objects);
        while (next.TryDequeue(out long id))
        {
            if (!node.Survey(id, inside => node.DeliverLocal(default, ReferenceCommand.Keeper, new ManagerNotice.Surveyed(inside))))
            {
                _references.Surveyed([]);
            }
        }

        if (!_references.IsSurveying)
        {
            foreach (long id in _references.EndSweep())
            {
                node.Collect(id);
            }
        }
    }
}

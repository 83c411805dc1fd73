using Multiproc.Objects;
using Multiproc.Objects.Calls;
using Multiproc.Objects.References;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Managers;

/// <summary>The first object of a manager's home: makes the others, and ends those that nobody can reach any more.</summary>
internal sealed class ManagerRoot(Home home, WaitSlot shutdown, TimeSpan lease, ObjectMaker maker) : IObjectState
{
    private readonly ReferenceState _references = new(lease);

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case ManagerCommand.Create create:
                effects.Reply(caller, Create(caller, create));
                break;
            case ManagerCommand.Shutdown:
                shutdown.Complete();
                break;
            case ManagerCommand.Construct construct:
                maker.Begin(caller, construct);
                break;
            case ManagerCommand.Adopt { Reply: { } reply } adopt:
                reply(Adopt(adopt, now));
                break;
            case ManagerCommand.Adopt adopt:
                effects.Reply(adopt.To, Adopt(adopt, now));
                break;
            case ManagerCommand.Refuse refuse:
                effects.Reply(refuse.To, refuse.Answer);
                break;
            case ManagerCommand.Locate:
                effects.Reply(caller, Answer.Of(new Payload(Encode((home.Address with { Endpoint = home.PublicEndpoint }).WriteTo))));
                break;
            case ManagerCommand.Describe:
                effects.Reply(caller, Describe());
                break;
            case ReferenceCommand.Hold hold:
                _references.Hold(caller.Process, hold.Id);
                break;
            case ReferenceCommand.Release release:
                _references.Release(caller.Process, release.Id, now);
                break;
            case ManagerCommand.Surveyed surveyed:
                Survey(_references.Surveyed(surveyed.Inside));
                break;
            case LifeCommand.ProcessGone gone:
                _references.ProcessGone(gone.Process, now);
                break;
            case LifeCommand.DeadlinePassed when !_references.IsSurveying && _references.NextSweep <= now:
                Sweep(now);
                break;
        }

        if (!_references.IsSurveying)
        {
            effects.Arm(_references.NextSweep);
        }
    }

    private Answer Create(Caller caller, ManagerCommand.Create create)
    {
        if (ObjectKind.Find(create.Kind) is not { } kind)
        {
            return Answer.Refused($"object kind {create.Kind} is not known to this manager.");
        }

        long id = home.Create(kind, create.Options, out var cell);
        _references.Add(id, caller.Process);
        using var writer = new WireWriter();
        new ObjectHandle(id, cell, isCounted: true).WriteTo(writer);
        return Answer.Of(new Payload(writer.ToArray()));
    }

    private Answer Adopt(ManagerCommand.Adopt adopt, Instant now)
    {
        long id = home.Create(CallKind.For(adopt.TypeId, () => adopt.Runner), default, out _);
        adopt.Runner.Id = id;
        _references.Add(id, adopt.To.Process);
        if (!home.Knows(adopt.To.Process))
        {
            // It died while its object was made.
            _references.Release(adopt.To.Process, id, now);
        }

        return CallAnswers.Object(adopt.TypeId, new ObjectHandle(id, null, isCounted: true));
    }

    private static byte[] Encode(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        return writer.ToArray();
    }

    private Answer Describe()
    {
        using var writer = new WireWriter();
        foreach (var (id, holders) in _references.Snapshot.OrderBy(static entry => entry.Id))
        {
            writer.VarUInt((ulong)id);
            writer.String(home.KindOf(id) ?? "");
            writer.VarUInt((uint)holders);
        }

        return Answer.Of(new Payload(writer.ToArray()), _references.Count);
    }

    private void Sweep(Instant now)
    {
        Survey(_references.BeginSweep(now));
    }

    private void Survey(IReadOnlyList<long> objects)
    {
        // An object without references is done at once; the others answer when their shells come to it.
        var next = new Queue<long>(objects);
        while (next.TryDequeue(out long id))
        {
            if (!home.Survey(id, inside => home.DeliverLocal(default, ReferenceCommand.Keeper, new ManagerCommand.Surveyed(inside))))
            {
                _references.Surveyed([]);
            }
        }

        if (!_references.IsSurveying)
        {
            foreach (long id in _references.EndSweep())
            {
                home.Collect(id);
            }
        }
    }
}

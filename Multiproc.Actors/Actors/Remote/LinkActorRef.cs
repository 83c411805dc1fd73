using Akka.Actor;
using Akka.Remote;

namespace Multiproc.Actors.Remote;

/// <summary>An actor of another process, whose messages go straight onto the link to that process.</summary>
/// <remarks>
/// Akka's own reference logs what goes wrong in a send and goes on. Here a message that cannot be sent is the sender's error, told where it was made.
/// </remarks>
internal sealed class LinkActorRef : RemoteActorRef
{
    private readonly LinkRemoting _remoting;
    private Association? _association;
    private string? _text;

    public LinkActorRef(LinkRemoting remoting, Address localAddress, ActorPath path, IInternalActorRef parent, Props props, Deploy deploy)
        : base(remoting, localAddress, path, parent, props, deploy)
    {
        _remoting = remoting;
        IsTemporary = path.Depth == 2 && path.Parent.Name == "temp";
    }

    /// <summary>Whether it waits for the answer to an Ask.</summary>
    public bool IsTemporary { get; }

    /// <summary>The path with the id of its incarnation.</summary>
    public string Text => _text ??= Path.ToSerializationFormat();

    /// <summary>Whether the path names one incarnation of an actor. Another one, without it, means whatever actor is there when a message arrives.</summary>
    public bool IsIncarnation => Path.Uid != ActorCell.UndefinedUid;

    /// <summary>The connection to its process.</summary>
    public Association Association
    {
        get => _association ??= _remoting.To(Path.Address);
        init => _association = value;
    }

    public override IActorRef GetChild(IReadOnlyList<string> name) => name.Count == 0
        ? this
        : name[0] == ".."
            ? Parent.GetChild([.. name.Skip(1)])
            : new LinkActorRef(_remoting, LocalAddressToUse, Path / name, ActorRefs.Nobody, Props.None, Deploy.None);

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is null)
        {
            throw new InvalidMessageException("Message is null.");
        }

        Association.Send(message, sender, this);
    }
}

using Akka.Actor;
using Akka.Remote;

namespace Multiproc.Actors.Remote;

/// <summary>Finds actors by what is written of their paths in frames.</summary>
internal sealed class ActorResolver(RemoteActorRefProvider provider, LinkRemoting remoting)
{
    /// <summary>The longest path that is read; Akka's own names are far shorter.</summary>
    private const int LongestPath = 16 * 1024;

    private readonly ActorPath _temporary = provider.TempContainer.Path;

    public IActorRef DeadLetters { get; } = provider.DeadLetters;

    /// <summary>Whether an actor of this process waits for the answer to an Ask.</summary>
    public bool IsTemporaryHere(IActorRef actor) => actor is MinimalActorRef && actor.Path.Depth == 2 && actor.Path.Parent.Equals(_temporary);

    /// <summary>The path of an actor of this or another process, as a third one can use it.</summary>
    public string TextOf(IActorRef actor) => actor.Path.ToSerializationFormatWithAddress(remoting.DefaultAddress);

    /// <exception cref="SerializationException">The text is no path.</exception>
    public IInternalActorRef Resolve(string text)
    {
        try
        {
            if (text.Length <= LongestPath && ActorPath.TryParse(text, out var path))
            {
                // Akka resolves the root, which selections by path are sent to, in its own dispatcher alone.
                return path is RootActorPath && provider.HasAddress(path.Address) ? provider.RootGuardian : (IInternalActorRef)provider.ResolveActorRef(path);
            }
        }
        catch (FormatException)
        {
            // Akka's parser throws for some texts that are no paths.
        }

        throw new SerializationException($"Malformed frame: {(text.Length > 100 ? text[..100] : text)} is no path of an actor.");
    }

    /// <summary>An actor that waits for the answer to an Ask; if it has it already, or the time is over, the dead letters.</summary>
    public IInternalActorRef TemporaryHere(string name) =>
        provider.TempContainer.GetChild([name]) is IInternalActorRef waiting && !waiting.IsNobody() ? waiting : (IInternalActorRef)provider.DeadLetters;

    /// <summary>An actor of another process that waits for the answer to an Ask.</summary>
    /// <exception cref="SerializationException">The name is no name of an actor.</exception>
    public IInternalActorRef TemporaryAt(Association association, string name) => name.Length <= LongestPath && ActorPath.IsValidPathElement(name)
        ? new LinkActorRef(remoting, remoting.DefaultAddress, association.Temporary / name, ActorRefs.Nobody, Props.None, Deploy.None)
        {
            Association = association,
        }
        : throw new SerializationException("Malformed frame: the sender's name is no name of an actor.");
}

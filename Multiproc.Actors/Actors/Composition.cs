using System.Runtime.CompilerServices;
using Multiproc.Nodes;

namespace Multiproc.Actors;

/// <summary>Says what runs the objects of a process. Objects are below actors and cannot name them.</summary>
internal static class Composition
{
    /// <remarks>Runs when the assembly is loaded, so it must load nothing itself: Akka comes with the first object.</remarks>
#pragma warning disable CA2255 // An initializer of a module in a library: there is one entry less to forget than with a call in each way into this library.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Compose() => Node.MakeHost = static node => new ActorHost(node);
}

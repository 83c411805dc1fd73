using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Multiproc;

// A process has one actor system that others reach, so tests that have one each run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ActorTests;

/// <summary>The TestKit that you know, whose system the actors of other processes join.</summary>
public abstract class Joined : TestKit
{
    protected Joined()
        : base(ConfigurationFactory.ParseString(MultiprocContext.ActorConfig), "tests") => MultiprocContext.From(Sys);

    /// <summary>The first message to another process waits for its start.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);
}

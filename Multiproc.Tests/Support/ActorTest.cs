namespace Multiproc.Tests.Support;

/// <summary>The base of tests that run actors in a system of Akka's test kit.</summary>
public abstract class ActorTest : Akka.TestKit.Xunit.TestKit
{
    private protected ActorTest()
        : base("""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            """)
    {
    }
}

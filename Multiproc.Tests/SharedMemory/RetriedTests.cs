using Multiproc.SharedMemory;

namespace Multiproc.Tests.SharedMemory;

public sealed class RetriedTests
{
    [Fact]
    public void Value_MakingItFailedOnce_IsMadeTheNextTimeAndKept()
    {
        int attempts = 0;
        var value = new Retried<string>(() => ++attempts == 1 ? throw new MultiprocException("no descriptor") : $"made at attempt {attempts}");
        Should.Throw<MultiprocException>(() => value.Value);
        value.Value.ShouldBe("made at attempt 2");
        value.Value.ShouldBe("made at attempt 2");
    }
}

using Multiproc.Analyzers.Fixes;

namespace Multiproc.Tests.Analyzers;

/// <summary>What the fixes of the analyzers write.</summary>
public sealed class FixTests
{
    [Theory]
    [InlineData("value.Value++;", "value.Increment();")]
    [InlineData("++value.Value;", "value.Increment();")]
    [InlineData("value.Value--;", "value.Add(-1);")]
    [InlineData("value.Value += 2 * 3;", "value.Add(2 * 3);")]
    [InlineData("value.Value -= 2 + 1;", "value.Add(-(2 + 1));")]
    [InlineData("real.Value += 0.5;", "real.Add(0.5);")]
    [InlineData("array[1 + 1]++;", "array.Increment(1 + 1);")]
    [InlineData("array[3] += 4;", "array.Add(3, 4);")]
    [InlineData("proxy.Value += 4;", "proxy.Increment(4);")]
    [InlineData("counts[\"x\"]++;", "counts.Increment(\"x\");")]
    [InlineData("counts[\"x\"] -= 2;", "counts.Increment(\"x\", -(2));")]
    [InlineData("value.Value *= 2;", null)]
    [InlineData("int n = value.Value++;", null)]
    [InlineData("numbers[0]++;", null)]
    public async Task UpdateInTwoSteps_BecomesOne_WhereItMeansTheSame(string before, string? after) =>
        (await Snippet.Fix(before, new OneStepFix())).ShouldBe(after);

    [Theory]
    [InlineData("gate.Hold();", "using var hold = gate.Hold();")]
    [InlineData("_ = gate.Hold();", "using var hold = gate.Hold();")]
    [InlineData("await gate.HoldAsync();", "await using var hold = await gate.HoldAsync();")]
    [InlineData("var own = gate.Hold(); Console.WriteLine();", "using var own = gate.Hold(); Console.WriteLine();")]
    [InlineData("int hold = 1; gate.Hold();", "int hold = 1; using var hold2 = gate.Hold();")]
    [InlineData("if (token.IsCancellationRequested) gate.Hold();", null)]
    public async Task ForgottenHold_BecomesAUsing_WhereThereIsRoom(string before, string? after) =>
        (await Snippet.Fix(before, new UsingHoldFix())).ShouldBe(after);
}

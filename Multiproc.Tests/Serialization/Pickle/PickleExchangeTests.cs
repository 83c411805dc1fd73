using FsCheck;
using FsCheck.Fluent;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>Generated values between us and a real CPython, in both directions. A failure prints the seed to replay.</summary>
public sealed class PickleExchangeTests(PicklePeer python) : IClassFixture<PicklePeer>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Read_PickleOfCPython_GivesTheSameValue(int protocol)
    {
        Support.CPython.Required();
        ForAll(sample => Check(sample, PickleReader.Read(python.Dump(sample.Expression, protocol))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ReadByCPython_GivesTheSameValue(int protocol)
    {
        Support.CPython.Required();
        ForAll(sample => python.ShouldBe(PickleWriter.ToBytes(sample.Value, protocol), sample.Expression));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ReadByOurselves_GivesTheSameValue(int protocol) =>
        ForAll(sample => Check(sample, PickleReader.Read(PickleWriter.ToBytes(sample.Value, protocol))));

    /// <summary>The other versions of this machine: what they write differs a little, what they read should not.</summary>
    [Fact]
    public void ReadAndWrite_EveryVersionFound_GivesTheSameValue()
    {
        Support.CPython.Required();
        foreach (var version in Support.CPython.All.DistinctBy(each => (each.Version.Major, each.Version.Minor)))
        {
            using var other = new PicklePeer(version);
            foreach (int protocol in new[] { 2, 4, 5 })
            {
                ForAll(sample => Check(sample, PickleReader.Read(other.Dump(sample.Expression, protocol))), 25);
                ForAll(sample => other.ShouldBe(PickleWriter.ToBytes(sample.Value, protocol & 6), sample.Expression), 25);
            }
        }
    }

    private static void Check(PythonValue sample, object? read) =>
        SameValue.Are(read, sample.Value).ShouldBeTrue($"{sample.Expression} was read as {PythonText.Of(read)}");

    private static void ForAll(Action<PythonValue> body, int samples = 200) =>
        Prop.ForAll(PythonValues.All.ToArbitrary(), body).Check(Config.QuickThrowOnFailure.WithMaxTest(samples).WithQuietOnSuccess(true));
}

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
    public void Read_PickleOfCPython_GivesTheSameValue(int protocol) =>
        ForAll(sample => Check(sample, PickleReader.Read(python.Dump(sample.Expression, protocol))));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ReadByCPython_GivesTheSameValue(int protocol) =>
        ForAll(sample => python.ShouldBe(PickleWriter.ToBytes(sample.Value, protocol), sample.Expression));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ReadByOurselves_GivesTheSameValue(int protocol) =>
        ForAll(sample => Check(sample, PickleReader.Read(PickleWriter.ToBytes(sample.Value, protocol))));

    private static void Check(PythonValue sample, object? read) =>
        SameValue.Are(read, sample.Value).ShouldBeTrue($"{sample.Expression} was read as {PythonText.Of(read)}");

    private static void ForAll(Action<PythonValue> body)
    {
        Support.CPython.Required();
        Prop.ForAll(PythonValues.All.ToArbitrary(), body).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}

using System.Buffers;
using System.Numerics.Tensors;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Tensors of the package System.Numerics.Tensors.</summary>
public sealed class TensorTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 2, 3 })]
    [InlineData(new[] { 2, 3, 4 })]
    [InlineData(new[] { 2, 0 })]
    public void Tensor_OfAnyRank_KeepsLengthsAndElements(int[] lengths)
    {
        nint[] sizes = [.. lengths.Select(static each => (nint)each)];
        float[] elements = [.. Enumerable.Range(0, lengths.Aggregate(1, static (product, each) => product * each)).Select(static each => each / 2f)];
        var tensor = Tensor.Create(elements, sizes);
        var copy = Wire.RoundTrip(tensor);
        copy.Lengths.ToArray().ShouldBe(tensor.Lengths.ToArray());
        copy.Rank.ShouldBe(tensor.Rank);
        Elements(copy).ShouldBe(Elements(tensor));
    }

    [Fact]
    public void Tensor_OfReferences_KeepsThem()
    {
        string[] words = ["a", "b", "c", "d"];
        Elements(Wire.RoundTrip(Tensor.Create(words, [2, 2]))).ShouldBe(words);
    }

    [Fact]
    public void Tensor_ThatIsAViewWithStrides_ArrivesAsWhatItShows()
    {
        var columns = Tensor.Create(Enumerable.Range(0, 12).ToArray(), [3, 4]).Slice(NRange.All, new NRange(1, 3));
        var copy = Wire.RoundTrip(columns);
        copy.Lengths.ToArray().ShouldBe([(nint)3, 2]);
        Elements(copy).ShouldBe([1, 2, 5, 6, 9, 10]);
    }

    [Fact]
    public void Tensor_WhoseLengthsDoNotFitItsElements_IsMalformed()
    {
        byte[] bytes = Multiproc.Serialization.Serializer.Pack(Tensor.Create(new byte[] { 7, 7, 7, 7, 7, 7 }, [2, 3])).Bytes.ToArray();
        int at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 2, 3]);
        at.ShouldBeGreaterThan(0, "rank, then lengths");
        bytes[at + 2] = 9;
        Wire.RefusalToRead<Tensor<byte>>(bytes).ShouldContain("Malformed");
    }

    private static T[] Elements<T>(Tensor<T> tensor)
    {
        var elements = new T[(int)tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }
}

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Lazy values travel as their value.</summary>
public sealed class LazyTests
{
    [Fact]
    public void Lazy_ThatHasNoValueYet_IsMadeInTheSender()
    {
        int made = 0;
        var lazy = new Lazy<List<int>>(() => [++made]);
        var copy = Wire.RoundTrip((lazy, lazy));
        made.ShouldBe(1);
        lazy.IsValueCreated.ShouldBeTrue();
        copy.Item1.IsValueCreated.ShouldBeTrue();
        copy.Item1.Value.ShouldBe([1]);
        copy.Item2.ShouldBeSameAs(copy.Item1, "one stays one");
    }

    [Fact]
    public void Lazy_OfNull_IsTheSame() => Wire.RoundTrip(new Lazy<string?>(static () => null)).Value.ShouldBeNull();

    [Fact]
    public void Lazy_WhoseFactoryThrows_IsRefusedWithTheCause()
    {
        var lazy = new Lazy<int>(static () => throw new TimeoutException("no answer"));
        var refusal = Should.Throw<SerializationException>(() => Wire.RoundTrip(new[] { lazy }));
        refusal.Message.ShouldContain("element 0 is a System.Lazy`1 whose value could not be made: no answer");
        refusal.InnerException.ShouldBeOfType<TimeoutException>();
    }

    [Fact]
    public void Lazy_WhoseValueCannotBeSent_IsRefused() =>
        Wire.RefusalOf(new Lazy<Stream>(static () => Stream.Null)).ShouldContain("System.IO.Stream.NullStream");
}

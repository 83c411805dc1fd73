using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization;

/// <summary>Types that the program sends in a form of its own (CTX-26).</summary>
/// <remarks>They are generic, so that the damaged messages of other tests do not name them by chance: who names a type first decides how it is sent.</remarks>
[Collection(nameof(Processes.GlobalSettings))]
public sealed class ReducerTests : IDisposable
{
    private readonly MultiprocOptions _before = Mp.Options;

    public void Dispose() => Mp.Configure(_before);

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    [InlineData(StartMethod.InProcess)]
    public void ObjectThatCannotBeSent_TravelsByItsReducer_ThereAndBack(StartMethod method)
    {
        // CTX-26
        Mp.Configure(_before with { Reducers = [Reducer.For(static (Tap<int> tap) => tap.Litres, static litres => new Tap<int>(litres + 1))] });
        using var taps = Mp.Queue<Tap<int>>();
        var tap = new Tap<int>(5);
        using var process = Mp.GetContext(method).Process(
            static (pair, queue) =>
            {
                ReferenceEquals(pair[0], pair[1]).ShouldBeTrue("one object stays one");
                queue.Put((Tap<int>)pair[0]);
                InChild.Run(() => queue.Put((Tap<int>)pair[1]));
            }, new object[] { tap, tap }, taps);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        taps.Get(InChild.Bound).Litres.ShouldBe(7, "rebuilt in the child, and here");
        taps.Get(InChild.Bound).Litres.ShouldBe(8, "and once more in its own child");
    }

    [Fact]
    public void TypeOfNet_CanBeGivenAForm()
    {
        Mp.Configure(
            _before with { Reducers = [Reducer.For(
                static (WeakReference<Version> weak) => weak.TryGetTarget(out var version) ? version : null,
                static version => new WeakReference<Version>(version!))] });
        using var versions = Mp.Queue<Version?>();
        var kept = new Version(3, 14);
        var weak = new WeakReference<Version>(kept);
        InChild.Run(() => versions.Put(weak.TryGetTarget(out var version) ? version : null));
        versions.GetNowait().ShouldBe(kept);
    }

    [Fact]
    public void Reducer_OfATypeThatWasSentOtherwise_IsRefused()
    {
        Wire.RoundTrip(new Known { Number = 3 }).Number.ShouldBe(3);
        Should.Throw<InvalidOperationException>(() =>
            Mp.Configure(_before with { Reducers = [Reducer.For(static (Known known) => known.Number, static number => new Known { Number = number })] }))
            .Message.ShouldContain("before");
    }

    [Fact]
    public void Reducer_OfAnAbstractType_IsRefused() =>
        Should.Throw<ArgumentException>(() => Reducer.For(static (Stream stream) => 0, static _ => Stream.Null));

    [Fact]
    public void Object_ThatItsFormRefersBackTo_IsRefused()
    {
        Mp.Configure(_before with { Reducers = [Reducer.For(static (Ring<int> ring) => new object[] { ring }, static _ => new Ring<int>())] });
        Should.Throw<SerializationException>(() => Wire.RoundTrip(new Ring<int>())).Message.ShouldContain("refer back");
    }

    /// <summary>Has a wait handle, which cannot be sent.</summary>
    private sealed class Tap<T>(int litres)
    {
        private readonly ManualResetEvent _open = new(initialState: false);

        public int Litres { get; } = litres;

        public bool IsOpen => _open.WaitOne(0);
    }

    private sealed class Known
    {
        public int Number { get; init; }
    }

    private sealed class Ring<T>;
}

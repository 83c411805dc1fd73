using System.Globalization;
using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>The cultures of the thread that starts a child are the child's, with what the program has changed of them.</summary>
public sealed class CultureTests : IDisposable
{
    private const string Shown = "1234,5 | 2026年";

    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;
    private readonly CultureInfo _ui = CultureInfo.CurrentUICulture;

    public void Dispose() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (_culture, _ui);

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    [InlineData(StartMethod.InProcess)]
    public void Culture_OfTheStartingThread_IsTheChildsAndItsChildrens(StartMethod method)
    {
        using var seen = Mp.Queue<string>();
        CultureInfo.CurrentCulture = Changed();
        using var child = Mp.GetContext(method).Process(Tell, seen, method != StartMethod.InProcess);
        child.Start();
        string[] told = [.. Enumerable.Range(0, method == StartMethod.InProcess ? 1 : 3).Select(_ => seen.Get(InChild.Bound))];
        told.ShouldAllBe(static each => each == Shown);
        child.Join(InChild.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.InProcess)]
    public void Culture_OfThePoolsMaker_IsItsWorkersAlsoOfNewOnes(StartMethod method)
    {
        CultureInfo.CurrentCulture = Changed();
        using var pool = Mp.GetContext(method).Pool(1, maxTasksPerChild: 1);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (_culture, _ui);
        for (int i = 0; i < 3; i++)
        {
            pool.Apply(Show).ShouldBe(Shown);
        }
    }

    [Fact]
    public void UICulture_Alone_Travels()
    {
        // Told apart by its own number format: without globalization data all cultures have one name.
        CultureInfo.CurrentUICulture = Changed();
        using var seen = Mp.Queue<string>();
        InChild.Run(() => seen.Put($"{1.5.ToString(CultureInfo.CurrentUICulture)} {1.5.ToString(CultureInfo.CurrentCulture)}"));
        seen.Get(InChild.Bound).ShouldBe($"1,5 {1.5.ToString(_culture)}");
    }

    [Fact]
    public void Culture_Unchanged_DoesNotTravel()
    {
        Multiproc.Processes.CultureTravel.OfThisThread().Length.ShouldBe(0);
        CultureInfo.CurrentCulture = Changed();
        Multiproc.Processes.CultureTravel.OfThisThread().Length.ShouldBeGreaterThan(0);
        using var told = Mp.Queue<string>();
        CultureInfo.CurrentCulture = _culture;
        using var child = Mp.GetContext(StartMethod.ForkServer).Process(static told => told.Put(1.5.ToString(CultureInfo.CurrentCulture)), told);
        child.Start();
        told.Get(InChild.Bound).ShouldBe(1.5.ToString(_culture), "a warm process that was warmed in another culture has forgotten it");
        child.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Culture_AsAValue_KeepsWhatWasChanged()
    {
        var culture = Changed();
        culture.NumberFormat.NumberGroupSizes = [3, 2];
        culture.NumberFormat.NegativeSign = "~";
        culture.NumberFormat.CurrencyDecimalDigits = 5;
        culture.DateTimeFormat.FirstDayOfWeek = DayOfWeek.Wednesday;
        culture.DateTimeFormat.DayNames = ["a", "b", "c", "d", "e", "f", "g"];
        culture.DateTimeFormat.LongTimePattern = "HH-mm";
        culture.TextInfo.ListSeparator = "/";
        var arrived = Serializer.Unpack<CultureInfo>(Serializer.Pack(culture));
        arrived.NumberFormat.ShouldBeEquivalentTo(culture.NumberFormat);
        foreach (var property in typeof(DateTimeFormatInfo).GetProperties().Where(static each =>
                each.GetIndexParameters().Length == 0 && !each.GetMethod!.IsStatic && each.Name != "Calendar"))
        {
            property.GetValue(arrived.DateTimeFormat).ShouldBe(property.GetValue(culture.DateTimeFormat), property.Name);
        }

        arrived.TextInfo.ListSeparator.ShouldBe("/");
        arrived.IsReadOnly.ShouldBeFalse();
        Serializer.Unpack<CultureInfo>(Serializer.Pack(CultureInfo.ReadOnly(culture))).IsReadOnly.ShouldBeTrue();
        Serializer.Unpack<CultureInfo>(Serializer.Pack(CultureInfo.InvariantCulture)).ShouldBeSameAs(CultureInfo.InvariantCulture);
    }

    private static void Tell(SharedQueue<string> seen, bool again)
    {
        seen.Put(Show());
        if (again)
        {
            // A thread that nothing flows to, as those are that serve a manager's calls.
            var thread = new Thread(() => seen.Put(Show()));
            thread.UnsafeStart();
            thread.Join();
            using var child = Mp.Process(Tell, seen, false);
            child.Start();
            child.Join(InChild.Bound).ShouldBeTrue();
        }
    }

    private static string Show() =>
        $"{1234.5.ToString(CultureInfo.CurrentCulture)} | {new DateOnly(2026, 1, 1).ToString("yyyy'年'", CultureInfo.CurrentCulture)}";

    private static CultureInfo Changed()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        return culture;
    }
}

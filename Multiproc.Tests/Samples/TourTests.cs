using System.Text;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Samples;

/// <summary>
/// The tour, as its user runs it, once: what each part printed against the approved text Name.txt beside it, and what all wrote to stderr against stderr.txt.
/// With APPROVE_TOUR=1 the texts are written instead. So parts print nothing that another part before them could change, as numbers in names.
/// </summary>
public sealed class TourTests
{
    private const string Sample = "samples/Tour";
    private const string Heading = "== ";

    /// <summary>Parts whose processes print in any order: their lines are compared sorted.</summary>
    private static readonly string[] s_anyOrder = ["LockAroundPrinting"];

    private static readonly Lazy<ProgramRun> s_all = new(() => ProgramRun.Of(Sample));

    public static TheoryData<string> Parts => [.. Sources().Select(NameOf)];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Part_Run_PrintsTheApprovedText(string part)
    {
        var (title, text) = Sections().SingleOrDefault(section => section.Title.StartsWith($"{part}: ", StringComparison.Ordinal));
        title.ShouldNotBeNull($"{part} was not reached. {s_all.Value.Errors}");
        Compare($"{part}.txt", s_anyOrder.Contains(part.Split('/')[1]) ? Sorted(text) : text);
    }

    [Fact]
    public void AllParts_WriteToStderrWhatIsApproved()
    {
        s_all.Value.ExitCode.ShouldBe(0, s_all.Value.Errors);
        Compare("stderr.txt", WithoutStack(s_all.Value.Errors));
    }

    [Fact]
    public void NoPart_RunsAllInTheOrderOfTheList()
    {
        var listed = ProgramRun.Of(Sample, "--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => $"{words[0]}/{words[1]}").ToList();
        listed.Order().ShouldBe(Sources().Select(NameOf).Order());
        Sections().Select(section => section.Title.Split(':')[0]).ShouldBe(listed);
    }

    [Fact]
    public void OnePartOrGroup_ByItsName_RunsAlone()
    {
        var part = ProgramRun.Of(Sample, "ValueAndArray");
        part.ExitCode.ShouldBe(0, part.Errors);
        Compare("Sharing/ValueAndArray.txt", part.Output);
        var group = ProgramRun.Of(Sample, "sharing");
        group.ExitCode.ShouldBe(0, group.Errors);
        group.Output.Split('\n').Where(line => line.StartsWith(Heading, StringComparison.Ordinal)).ShouldAllBe(line =>
            line.StartsWith($"{Heading}Sharing/", StringComparison.Ordinal));
        group.Output.ShouldContain($"{Heading}Sharing/LostUpdate");
    }

    [Fact]
    public void UnknownPart_SaysWhereTheNamesAre()
    {
        var run = ProgramRun.Of(Sample, "Spam");
        run.ExitCode.ShouldBe(2);
        run.Errors.ShouldBe("There is no part 'Spam'. --list shows all parts.\n");
    }

    [Fact]
    public void Part_FirstComment_NamesItsPythonOriginal() =>
        Sources().Where(source => !string.Join(' ', File.ReadLines(source).TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal)))
            .Contains("Python's multiprocessing", StringComparison.Ordinal)).ShouldBeEmpty();

    private static IEnumerable<string> Sources() =>
        Repository.Sources(Sample).Where(file => File.ReadAllText(file).Contains("\n[Part(", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static string NameOf(string source) => Path.ChangeExtension(Repository.Relative(Sample, source), null);

    private static IEnumerable<(string Title, string Text)> Sections() => $"\n{s_all.Value.Output}".Split($"\n{Heading}").Skip(1).Select(section =>
    {
        int end = section.IndexOf('\n', StringComparison.Ordinal);
        string text = end < 0 ? "" : section[(end + 1)..].TrimEnd('\n');
        return (end < 0 ? section : section[..end], text.Length == 0 ? "" : $"{text}\n");
    });

    private static void Compare(string file, string actual)
    {
        string approved = Repository.Path(Sample, file);
        if (Environment.GetEnvironmentVariable("APPROVE_TOUR") == "1")
        {
            File.WriteAllText(approved, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        actual.ShouldBe(
            File.Exists(approved) ? File.ReadAllText(approved) : "(no approved text yet)",
            $"{file}: when that is meant, run this test once with APPROVE_TOUR=1");
    }

    private static string Sorted(string text) => string.Concat(Lines(text).Order(StringComparer.Ordinal).Select(line => $"{line}\n"));

    /// <summary>Where in the code an exception came from is another thing with each change.</summary>
    private static string WithoutStack(string text) =>
        string.Concat(Lines(text).Where(line => !line.StartsWith("   at ", StringComparison.Ordinal)).Select(line => $"{line}\n"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

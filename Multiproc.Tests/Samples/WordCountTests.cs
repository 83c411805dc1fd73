using Multiproc.Tests.Support;

namespace Multiproc.Tests.Samples;

/// <summary>The main job, as its user runs it.</summary>
public sealed class WordCountTests : IDisposable
{
    private const string Sample = "samples/WordCount";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wordcount-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void SmallFolder_Counted_PrintsWordsAndSkipsWhatIsNoText()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "one two two three three three");
        File.WriteAllText(Path.Combine(_folder.FullName, "b.txt"), "Three, two! ONE?");
        File.WriteAllBytes(Path.Combine(_folder.FullName, "binary"), [1, 0, 2, 0]);
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "dangling"), "/no/such/file");
        var run = ProgramRun.Of(Sample, _folder.FullName, "--verify", "--workers", "2");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("4  three");
        run.Output.ShouldContain("3  two");
        run.Output.ShouldContain("2  one");
        run.Output.ShouldContain("9 words (3 different) in 2 files, 2 skipped");
        run.Output.ShouldContain("0 differences");
        run.Errors.ShouldContain("binary: skipped (not a text file)");
        run.Errors.ShouldContain("dangling: skipped");
    }

    [Fact]
    public void Insights_Asked_AreTold()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "one two");
        var run = ProgramRun.Of(Sample, _folder.FullName, "--insights", "--workers", "1");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("2 words (2 different) in 1 files");
        run.Output.ShouldContain("1 tasks in 1 chunks");
        run.Output.ShouldMatch(@"task 0 \(input 0 \(.*a\.txt\)\)\): ");
    }

    [Fact]
    public void Serial_Asked_CountsTheSameInOneProcess()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "one two");
        var run = ProgramRun.Of(Sample, _folder.FullName, "--serial", "--repeat", "3");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("6 words (2 different) in 3 files");
        run.Output.ShouldContain("in this process alone");
    }

    [Fact]
    public void EmptyFolder_SaysSo()
    {
        var run = ProgramRun.Of(Sample, _folder.FullName);
        run.ExitCode.ShouldBe(2);
        run.Errors.ShouldContain("There are no files to count");
    }

    [Theory]
    [InlineData("Retry")]
    [InlineData("Skip")]
    public void WorkerKilledInTheMiddle_TotalsAreRightOrTheLostFileIsNamed(string onDeath)
    {
        var run = ProgramRun.Of(Sample, "--verify", "--repeat", "1", "--kill-worker", "--on-death", onDeath, "--workers", "2");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("0 differences");
        run.Errors.ShouldContain("killed worker");
        run.Errors.ShouldMatch(@"worker \d+ died");
        if (onDeath == "Retry")
        {
            run.Output.ShouldContain(" 0 skipped");
        }
        else if (!run.Output.Contains(" 0 skipped", StringComparison.Ordinal))
        {
            run.Errors.ShouldContain("skipped (its worker died)");
        }
    }
}

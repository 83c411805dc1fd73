using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>The C# in the documents compiles. What does not is listed, with its reason, and is taken off the list when it does.</summary>
public sealed class DocumentTests
{
    private const string OfClusters = "uses Multiproc.Cluster, which this program does not have";
    private const string OfDashboards = "uses ASP.NET Core, which this program does not have; compiled by Multiproc.Dashboard.Tests";
    private const string OfItsOwnTypes = "uses types with members that the text describes, or stands for parts that are left out by …";

    private static readonly Dictionary<(string Page, int Number), string> s_fragments = new()
    {
        [("README.md", 2)] = "a program of one source file, which build/package-matrix.sh runs",
        [("docs/cluster.md", 1)] = OfClusters,
        [("docs/cluster.md", 2)] = OfClusters,
        [("docs/cluster.md", 3)] = OfClusters,
        [("docs/cluster.md", 4)] = OfClusters,
        [("docs/cluster.md", 5)] = OfClusters,
        [("docs/cluster-deployment.md", 1)] = OfClusters,
        [("Multiproc.Cluster/PACKAGE.md", 1)] = OfClusters,
        [("docs/dashboard.md", 1)] = OfDashboards,
        [("docs/dashboard.md", 2)] = OfDashboards,
        [("docs/dashboard.md", 3)] = OfDashboards,
        [("Multiproc.Dashboard/PACKAGE.md", 1)] = OfDashboards,
        [("docs/python.md", 2)] = OfItsOwnTypes,
        [("docs/objects/process.md", 1)] = OfItsOwnTypes,
        [("docs/objects/process.md", 2)] = OfItsOwnTypes,
        [("docs/objects/process.md", 3)] = OfItsOwnTypes,
        [("docs/objects/pool.md", 2)] = OfItsOwnTypes,
        [("docs/objects/manager.md", 3)] = OfItsOwnTypes,
        [("docs/objects/manager.md", 4)] = OfItsOwnTypes,
        [("docs/objects/manager.md", 5)] = OfItsOwnTypes,
        [("docs/objects/manager.md", 6)] = OfItsOwnTypes,
    };

    /// <summary>Everything in these is a whole program, or a whole part of one: users begin with them.</summary>
    private static readonly string[] s_whole = ["docs/guide.md", "docs/faq.md", "docs/analyzers.md"];

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateDirectories(Repository.Root, "Multiproc.*").Select(static folder => Path.Combine(folder, "PACKAGE.md"))
                .Where(File.Exists))
            .Append(Repository.Path("README.md"))
            .Select(static file => Path.GetRelativePath(Repository.Root, file)).Where(static page => DocumentBlock.Of(page).Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_HasCSharpThatCompiles(string page)
    {
        var wrong = new List<string>();
        foreach (var block in DocumentBlock.Of(page))
        {
            var errors = block.Errors();
            bool isListed = s_fragments.ContainsKey((page, block.Number));
            if (isListed && errors.Count == 0)
            {
                wrong.Add($"{page}, piece {block.Number} compiles: take it off the list of those that do not.");
            }
            else if (!isListed)
            {
                wrong.AddRange(errors);
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void List_NamesPiecesThatExist_AndNoneOfTheGuide()
    {
        s_fragments.Keys.Select(static key => key.Page).Intersect(s_whole).ShouldBeEmpty();
        s_fragments.Keys.Where(static key => key.Number > DocumentBlock.Of(key.Page).Count()).ShouldBeEmpty();
        s_whole.ShouldAllBe(static page => DocumentBlock.Of(page).Any());
        s_fragments.Values.ShouldAllBe(static reason => reason.Length > 10);
    }
}

using System.Globalization;
using Microsoft.Playwright;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Multiproc.Dashboard.Tests.Browser;

/// <summary>The page in a browser, as a person sees it.</summary>
[Collection(nameof(Browsers))]
public sealed class PageTests(BrowserFixture browser)
{
    private static readonly DashboardOptions s_quick = new() { Token = DashboardUnderTest.Token, Interval = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task Address_WithTheToken_SignsIn_AndLosesIt()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick, "/multiproc");
        var page = await Opened(dashboard);
        page.Url.ShouldBe(dashboard.Page.ToString());
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBe("", "no script can read the session");
        await page.ReloadAsync();
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Address_WithoutTheToken_AsksForIt()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await browser.Page();
        await page.GotoAsync(dashboard.Page.ToString());
        await Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
        await Expect(page.Locator("#content > *")).ToHaveCountAsync(0);
        await page.FillAsync("#token", "a wrong one of a test");
        await page.PressAsync("#token", "Enter");
        await Expect(page.Locator("#sign-in-problem")).ToHaveTextAsync("That is not the token.");
        await page.FillAsync("#token", DashboardUnderTest.Token);
        await page.PressAsync("#token", "Enter");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        await Expect(page.Locator("#sign-in")).ToBeHiddenAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Program_WithEverything_IsShown()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await Opened(dashboard);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.PageError += (_, error) => complaints.Add(error);
        await Expect(page.Locator("#summary .tile")).ToHaveCountAsync(6);
        await Expect(page.Locator("#processes tbody tr")).ToHaveCountAsync(7);
        await Expect(page.Locator("#processes")).ToContainTextAsync("PoolWorker-4");
        await Expect(page.Locator("#processes tbody tr").Nth(1).Locator("svg.curve path.line")).ToHaveCountAsync(3);
        await Expect(page.Locator("#pools")).ToContainTextAsync("panorama-0117.tiff");
        await Expect(page.Locator("#pools")).ToContainTextAsync("corrupt strip");
        double.Parse((await page.Locator("#pools progress").First.GetAttributeAsync("value"))!, CultureInfo.InvariantCulture).ShouldBeInRange(0.35, 1);
        await Expect(page.Locator("#queues tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#locks")).ToContainTextAsync($"PoolWorker-2 ({ShopProgram.Pid + 12}), thread 4");
        await Expect(page.Locator("#deadlocks svg .thread")).ToHaveCountAsync(2);
        await Expect(page.Locator("#deadlocks svg .arrow")).ToHaveCountAsync(2);
        await Expect(page.Locator("#deadlocks")).ToContainTextAsync("Stock.cs:41");
        await Expect(page.Locator("#members tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#cluster-objects")).ToContainTextAsync("orders");
        await Expect(page.Locator("#objects")).ToContainTextAsync("SharedArray<Double>[4096]");
        complaints.ShouldBeEmpty("also the policy of the page has nothing to refuse");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Text_OfUsers_IsNeverMarkup()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await Opened(dashboard);
        await Expect(page.Locator("#processes")).ToContainTextAsync($"letters {ShopProgram.Markup}");
        await Expect(page.Locator("#cluster-objects")).ToContainTextAsync(ShopProgram.Markup);
        await Expect(page.Locator("#pools")).ToContainTextAsync(ShopProgram.Markup);
        (await page.Locator("main script").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldBe("Shop – Multiproc");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Curves_MoveOn_WhileThePageIsOpen()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await Opened(dashboard);
        var line = page.Locator("#processes tbody tr").Nth(1).Locator("path.line").First;
        string before = (await line.GetAttributeAsync("d"))!;
        before.ShouldStartWith("M ");
        await Expect(line).Not.ToHaveAttributeAsync("d", before);
        await page.CloseAsync();
    }

    [Fact]
    public async Task Program_WithNothing_SaysHowToBegin()
    {
        var source = new FixedSource();
        await using var dashboard = await DashboardUnderTest.Start(source, s_quick);
        var page = await Opened(dashboard);
        await Expect(page.Locator("#none")).ToContainTextAsync("Mp.Pool()");
        source.Sights = [new Sight(1, Views.Program(1, Views.Process(1)))];
        await Expect(page.Locator("#pools")).ToContainTextAsync("Mp.Pool()");
        await Expect(page.Locator("#queues")).ToContainTextAsync("Mp.Queue<T>()");
        await Expect(page.Locator("#locks")).ToContainTextAsync("Mp.Lock()");
        await Expect(page.Locator("#deadlocks")).ToHaveCountAsync(0);
        source.Sights = [new Sight(1, null)];
        await Expect(page.Locator("#stale")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Programs_AreChosenByKeyboard_AndStayChosen()
    {
        await using var dashboard = await DashboardUnderTest.Start(
            new FixedSource(new Sight(1, Views.Program(1, Views.Process(1))), new Sight(2, Views.Program(2, Views.Process(2)))), s_quick);
        var page = await Opened(dashboard);
        await Expect(page.Locator("#programs button")).ToHaveCountAsync(2);
        await page.Locator("#programs button").Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#programs button[aria-pressed=true]")).ToHaveTextAsync("Program2 2");
        await Expect(page.Locator("#processes tbody tr td").Nth(1)).ToHaveTextAsync("2");
        await Expect(page.Locator("#programs button").Nth(1)).ToBeFocusedAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Server_ThatEnds_IsTold()
    {
        var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await Opened(dashboard);
        await dashboard.DisposeAsync();
        await Expect(page.Locator("#connection")).ToContainTextAsync("Connection lost");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Page_OnANarrowScreen_DoesNotScrollSideways()
    {
        await using var dashboard = await DashboardUnderTest.Start(new ShopProgram(), s_quick);
        var page = await Opened(dashboard, await browser.Page(width: 390, height: 800, ColorScheme.Dark));
        await Expect(page.Locator("#processes")).ToBeVisibleAsync();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        await page.CloseAsync();
    }

    private async Task<IPage> Opened(DashboardUnderTest dashboard, IPage? page = null)
    {
        page ??= await browser.Page();
        await page.GotoAsync($"{dashboard.Page}#{DashboardUnderTest.Token}");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        return page;
    }
}

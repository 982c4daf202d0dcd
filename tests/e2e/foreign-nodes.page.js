// Evaluated in JupyterLab's page: what of a rendered text is neither ours nor JupyterLab's own.
(() => {
  const plain =
    /^(P|EM|STRONG|DEL|BLOCKQUOTE|UL|OL|LI|PRE|CODE|TABLE|THEAD|TBODY|TR|TH|TD|SPAN|H[1-6]|BR|HR|A|DETAILS|SUMMARY|DIV)$/;
  const highlighted = (element) => element.tagName === "SPAN" && element.closest("pre code") !== null;
  const mine = [
    (element, name, value) => element.tagName === "CODE" && name === "class" && /^language-[a-z]+$/.test(value),
    (element, name, value) => highlighted(element) && name === "class" && /^[\w\u0370-\u03ff -]+$/.test(value),
    (element, name, value) => element.tagName === "OL" && name === "start" && /^\d+$/.test(value),
    (element, name, value) => /^T[HD]$/.test(element.tagName) && name === "align" && /^(right|center)$/.test(value),
    (element, name, value) =>
      /^T[HD]$/.test(element.tagName) && name === "style" && /^text-align: (left|right)(; color: gray)?$/.test(value),
    (element, name) => element.tagName === "DETAILS" && name === "open",
    // JupyterLab's own, on links and titles
    (element, name, value) => element.tagName === "A" && name === "href" && /^(https?:\/\/|mailto:)/.test(value),
    (element, name, value) =>
      element.tagName === "A" && /^(target=_(blank|self)|rel=noopener)$/.test(`${name}=${value}`),
    (element, name) => /^H[1-6]$/.test(element.tagName) && name === "data-jupyter-id",
    (element, name, value) =>
      element.matches("h1>span,h2>span,h3>span,h4>span,h5>span,h6>span") &&
      name === "class" &&
      value === "numbering-entry",
    (element, name, value) =>
      element.matches("h1>a,h2>a,h3>a,h4>a,h5>a,h6>a") &&
      (name === "href" ? value.startsWith("#") : name === "class" && value === "jp-InternalAnchorLink"),
  ];
  const formula = (element) => {
    const text = [element, ...element.querySelectorAll("*")].flatMap((part) => [...part.attributes]);
    return text
      .filter(({ name, value }) => /^on|href|src/.test(name) || /url|javascript/.test(value))
      .map(({ name, value }) => `${name}=${value}`);
  };
  const look = (root) =>
    [...root.children].flatMap((element) => {
      if (element.tagName === "MJX-CONTAINER") return formula(element);
      const attributes = [...element.attributes].filter(
        ({ name, value }) => !mine.some((is) => is(element, name, value)),
      );
      return [
        ...(plain.test(element.tagName) ? [] : [`<${element.tagName}>`]),
        ...attributes.map(({ name, value }) => `${element.tagName} ${name}=${value}`),
        ...look(element),
      ];
    });

  /** Elements and attributes that nobody of us made, in all outputs of the page. */
  window.foreignNodes = () => [...document.querySelectorAll(".jp-RenderedMarkdown, .jp-RenderedHTML")].flatMap(look);

  /** The same of texts, each rendered as a trusted output's Markdown by the notebook's own renderer. */
  window.foreignNodesOf = async (sources) => {
    const { rendermime } = window.jupyterapp.shell.currentWidget.content;
    const stage = document.body.appendChild(document.createElement("div"));
    const found = [];
    const render = async (source) => {
      const renderer = rendermime.createRenderer("text/markdown");
      stage.append(renderer.node);
      const model = rendermime.createModel({ data: { "text/markdown": source }, trusted: true });
      await renderer.renderModel(model).catch((error) => found.push(`${error} of ${JSON.stringify(source)}`));
      return { source, renderer };
    };
    const all = await Promise.all(sources.map(render));
    await new Promise((resolve) => setTimeout(resolve, 300)); // MathJax and images come after
    for (const { source, renderer } of all) {
      for (const node of look(renderer.node)) found.push(`${node} of ${JSON.stringify(source)}`);
      renderer.dispose();
    }
    stage.remove();
    return found;
  };
})();

"""The pages of planning. A view asks selectors or calls one service; what a person may open is asked by the selectors."""
